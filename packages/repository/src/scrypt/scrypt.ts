/**
 * scrypt (RFC 7914) for passwords of repositories: in a third of the processor time that Node's takes, by vectors
 * and by two blocks at once. Every command waits for it.
 */
import { scrypt as nodeScrypt, pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { collectGarbage } from '../runtime/native-garbage.ts';
import { startThread } from '../runtime/start-thread.ts';
import { compileRomix, mixBlocks } from './mix.ts';
import type { MixJob } from './thread.ts';

export interface ScryptParameters {
  /** CPU and memory cost, a power of two */
  readonly N: number;
  /** block size */
  readonly r: number;
  /** parallelisation */
  readonly p: number;
}

export interface ScryptOptions {
  /**
   * Mixes in this thread, which is then deaf for a tenth of a second at a time: for who has nothing else to do until
   * there is a key, and need not pay for another thread, nor hold its 10 MB.
   */
  readonly here?: boolean | undefined;
}

/** Chunks of 64 bytes to mix; below, a thread takes longer to start than all the rest. */
const WORTH_A_THREAD = 2 ** 17;

/** `length` bytes; takes 128 N r bytes of memory until it resolves. The parameters are checked by the caller. */
export async function scrypt(
  password: string,
  salt: Uint8Array,
  length: number,
  { N, r, p }: ScryptParameters,
  { here = false }: ScryptOptions = {},
): Promise<Buffer> {
  const isWorthIt = N * r * p >= WORTH_A_THREAD && !isAddressSpaceLimited();
  const module = isWorthIt ? romix() : undefined;
  if (module === undefined) return await byNode(password, salt, length, { N, r, p });
  const blocks = new Uint8Array(new SharedArrayBuffer(128 * r * p));
  blocks.set(await stretch(password, salt, 1, blocks.length, 'sha256'));
  const job = { module, blocks, N, r };
  await (here ? mixHere(job) : mixInThread(job));
  // Node takes no shared memory here.
  const mixed = Buffer.from(blocks);
  const key = await stretch(password, mixed, 1, length, 'sha256');
  for (const secret of [blocks, mixed]) secret.fill(0);
  return key;
}

const stretch = promisify(pbkdf2);

function byNode(password: string, salt: Uint8Array, length: number, { N, r, p }: ScryptParameters) {
  return new Promise<Buffer>((resolve, reject) => {
    const maxmem = 128 * r * (N + p + 2) + 1024;
    nodeScrypt(password, salt, length, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Undefined on processors without vectors, and in virtual machines that show such a one. */
function romix(): WebAssembly.Module | undefined {
  try {
    return compileRomix();
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return undefined;
  }
}

async function mixHere({ module, blocks, N, r }: MixJob): Promise<void> {
  for (const _ of mixBlocks(module, blocks, N, r)) await nextTurn();
  // The table would stay until the collector came by itself.
  collectGarbage();
}

/** By `ulimit -v`: a thread reserves gigabytes that it does not use, and V8 ends the whole process without them. */
function isAddressSpaceLimited(): boolean {
  try {
    return /^Max address space +\d/m.test(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return false; // not Linux
  }
}

async function mixInThread(job: MixJob): Promise<void> {
  const thread = startThread(import.meta.filename, './thread', {
    workerData: job,
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  });
  await once(thread, 'message');
  await thread.terminate();
}
