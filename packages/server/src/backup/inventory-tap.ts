import type { CapturedFile } from '@octobox/sources';

/** Inventories of very large sources are not searched: the start of the run stands in for their instant. */
const largestInventory = 64 * 1024 * 1024;

/**
 * Lets the files of a capture through and reads on the way the instant of its consistent view, which a
 * source writes into the last file, its inventory.
 */
export class InventoryTap {
  /** ISO 8601; undefined until an inventory went through. */
  takenAt: string | undefined;

  async *files(files: AsyncIterable<CapturedFile>): AsyncIterable<CapturedFile> {
    for await (const file of files) {
      yield file.path.split('/').at(-1) === 'inventory.json'
        ? { path: file.path, content: this.#listen(file.content) }
        : file;
    }
  }

  async *#listen(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      // Copied: the producer may use its buffer again.
      if (size <= largestInventory) chunks.push(Uint8Array.from(chunk));
      yield chunk;
    }
    if (size > largestInventory) return;
    const inventory = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { takenAt?: unknown };
    if (typeof inventory.takenAt === 'string' && !Number.isNaN(Date.parse(inventory.takenAt))) {
      this.takenAt = new Date(inventory.takenAt).toISOString();
    }
  }
}
