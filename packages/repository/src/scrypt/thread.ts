/** A thread that mixes the blocks of one derivation, and ends: so the memory for it is given back at once. */
import { parentPort, workerData } from 'node:worker_threads';
import { mixBlocks } from './mix.ts';

/** What the thread is started with. */
export interface MixJob {
  readonly module: WebAssembly.Module;
  /** p blocks of 128 r bytes; mixed in place. */
  readonly blocks: Uint8Array<SharedArrayBuffer>;
  readonly N: number;
  readonly r: number;
}

const { module, blocks, N, r } = workerData as MixJob;
Array.from(mixBlocks(module, blocks, N, r));
parentPort?.postMessage('mixed');
