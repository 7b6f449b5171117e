/**
 * The files that are lent to a worker for packs. They are asked for by message and come through a port that can be
 * read without going back to the event loop: a worker in the middle of a job waits for one where it is.
 */
import { writeSync } from 'node:fs';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { LayerSeal } from '@octobox/storage';
import { type LentPackMessage, ownCopy, type PackMessage } from './worker-messages.ts';

/** Bytes on their way to a storage that has no file to write into are sent in pieces of about this size. */
const PIECE = 512 * 1024;

/** The system refused bytes of a pack. Only the main thread knows the storage that this is about. */
export class PackUnwritableError extends Error {
  readonly pack: number;
  readonly code: string;
  constructor(pack: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.pack = pack;
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  }
}

/** A file that takes bytes at its end. */
export interface PackFile {
  readonly layers: readonly LayerSeal[];
  /** Takes bytes that have passed the layers; they may change afterwards. */
  write(bytes: Buffer): void;
  /** Gives the file back, to be published under this name; `blobs` are a list's entries. */
  finish(id: Buffer, blobs: Uint8Array): void;
}

export interface PackFilesOptions {
  readonly port: MessagePort;
  /** One word, which grows whenever a file was sent. */
  readonly sent: SharedArrayBuffer;
  readonly post: (message: PackMessage) => void;
}

export class PackFiles {
  readonly #options: PackFilesOptions;
  readonly #sent: Int32Array;
  #asked = 0;

  constructor(options: PackFilesOptions) {
    this.#options = options;
    this.#sent = new Int32Array(options.sent);
  }

  /** Asks for a file unless one is on its way. */
  askAhead(): void {
    if (this.#asked > 0) return;
    this.#asked++;
    this.#options.post({ kind: 'pack-wanted' });
  }

  /** Waits for a file. */
  take(): PackFile {
    this.askAhead();
    const { pack, layers, file } = this.#receive();
    const { post } = this.#options;
    const output = file === undefined ? new Pieces(pack, post) : new OpenFile(pack, file);
    return {
      layers,
      write: (bytes) => output.write(bytes),
      finish: (id, blobs) => {
        output.end();
        post({ kind: 'pack', pack, id: ownCopy(id), blobs });
      },
    };
  }

  /** Gives back what was asked for and not used. */
  drain(): void {
    while (this.#asked > 0) this.#options.post({ kind: 'pack-unused', pack: this.#receive().pack });
  }

  #receive(): LentPackMessage {
    for (;;) {
      const before = Atomics.load(this.#sent, 0);
      const received: { message: LentPackMessage } | undefined = receiveMessageOnPort(this.#options.port);
      if (received !== undefined) {
        this.#asked--;
        return received.message;
      }
      Atomics.wait(this.#sent, 0, before, 1000);
    }
  }
}

class OpenFile {
  readonly #pack: number;
  readonly #file: number;

  constructor(pack: number, file: number) {
    this.#pack = pack;
    this.#file = file;
  }

  write(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (cause) {
      throw new PackUnwritableError(this.#pack, cause);
    }
  }

  end(): void {}
}

class Pieces {
  readonly #pack: number;
  readonly #post: (message: PackMessage) => void;
  #piece = Buffer.allocUnsafeSlow(PIECE);
  #filled = 0;

  constructor(pack: number, post: (message: PackMessage) => void) {
    this.#pack = pack;
    this.#post = post;
  }

  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.copy(this.#piece, this.#filled, at);
      at += taken;
      this.#filled += taken;
      if (this.#filled < PIECE) continue;
      this.end();
      this.#piece = Buffer.allocUnsafeSlow(PIECE);
    }
  }

  end(): void {
    const filled = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    if (filled.length > 0) this.#post({ kind: 'piece', pack: this.#pack, bytes: ownCopy(filled) });
  }
}
