/** The main thread's side of `PackFiles`: lends one worker files for packs, and publishes what comes back. */
import type { MessagePort } from 'node:worker_threads';
import { release } from '@octobox/storage/release';
import { PackedBlobList } from '../../format/packed-blob-list.ts';
import type { LentPack } from '../../store/packs/lent-pack.ts';
import type { LentPackMessage, PackMessage, ReadFailure } from './worker-messages.ts';

/** Where files for packs come from; a `BlobSaver` is one. */
export interface PackSource {
  readonly packSize: number;
  lend(): Promise<LentPack>;
  takeBack(pack: LentPack, id: Buffer, blobs: PackedBlobList): Promise<void>;
  takeBackUnused(pack: LentPack): Promise<void>;
}

export class PackLending {
  readonly #source: PackSource;
  readonly #port: MessagePort;
  readonly #sent: Int32Array;
  readonly #lent = new Map<number, LentPack>();
  #next = 0;

  /** `sent`: one word, which grows whenever a file was sent. */
  constructor(source: PackSource, port: MessagePort, sent: SharedArrayBuffer) {
    this.#source = source;
    this.#port = port;
    this.#sent = new Int32Array(sent);
  }

  /** What an error means that writing into a lent file met with. */
  failure(pack: number, { code, message }: ReadFailure): unknown {
    const error = Object.assign(new Error(message), { code, syscall: 'write' });
    return this.#lent.get(pack)?.outlet.failure(error) ?? error;
  }

  /** Resolves when what the message brought is stored. */
  async receive(message: PackMessage): Promise<void> {
    if (message.kind === 'pack-wanted') return this.#lend();
    const pack = this.#lent.get(message.pack);
    if (pack === undefined) throw new Error(`pack ${message.pack} was not lent`);
    if (message.kind === 'piece') {
      await pack.append(message.bytes);
      release(message.bytes);
      return;
    }
    this.#lent.delete(message.pack);
    if (message.kind === 'pack-unused') return this.#source.takeBackUnused(pack);
    const id = Buffer.from(message.id.buffer, message.id.byteOffset, message.id.byteLength);
    await this.#source.takeBack(pack, id, PackedBlobList.of(message.blobs));
  }

  async #lend(): Promise<void> {
    const pack = await this.#source.lend();
    const number = this.#next++;
    this.#lent.set(number, pack);
    const { layers, file } = pack.outlet;
    this.#port.postMessage({ pack: number, layers, file } satisfies LentPackMessage);
    Atomics.add(this.#sent, 0, 1);
    Atomics.notify(this.#sent, 0);
  }
}
