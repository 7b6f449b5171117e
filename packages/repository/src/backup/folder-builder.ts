/**
 * Gathers the nodes of one folder in their order while some of them are still in the making: files that workers
 * read, folders whose own entries are not complete.
 *
 * States: open (takes entries) → closed (no more come) → finished (every entry is there, the tree is saved).
 */
import type { NodeSlice, PlainTree, SealedTree, TreeWriter } from './tree-writer.ts';

/** Nodes that wait behind an unfinished one, over all folders: the walk pauses when they are too many. */
export interface HeldNodes {
  count: number;
}

interface Slot {
  json: string | NodeSlice | undefined;
  done: boolean;
}

export interface TreeStore {
  newTree(): TreeWriter;
  /** Gives the tree's id. */
  saveTree(tree: PlainTree | SealedTree): Promise<Buffer>;
}

export class FolderBuilder {
  readonly #writer: TreeWriter;
  readonly #held: HeldNodes;
  readonly #store: TreeStore;
  readonly #finished = Promise.withResolvers<Buffer>();
  #slots: Slot[] = [];
  #first = 0;
  #closed = false;
  #count = 0;

  constructor(held: HeldNodes, store: TreeStore) {
    this.#held = held;
    this.#store = store;
    this.#writer = store.newTree();
    // Whoever closes the folder awaits this; until then a failure has no listener of its own.
    this.#finished.promise.catch(() => {});
  }

  /** Entries so far that became part of the tree. */
  get count(): number {
    return this.#count;
  }

  add(json: string | NodeSlice): void {
    if (this.#first === this.#slots.length) {
      this.#write(json);
      return;
    }
    this.#slots.push({ json, done: true });
    this.#held.count++;
  }

  /** Keeps the place of an entry. Call the result once, with nothing when the entry is left out after all. */
  reserve(): (json?: string | NodeSlice) => void {
    const slot: Slot = { json: undefined, done: false };
    this.#slots.push(slot);
    this.#held.count++;
    return (json) => {
      slot.json = json;
      slot.done = true;
      this.#advance();
    };
  }

  /** No more entries come. Resolves with the id of the saved tree. */
  close(): Promise<Buffer> {
    this.#closed = true;
    this.#advance();
    return this.#finished.promise;
  }

  #advance(): void {
    for (let slot = this.#slots[this.#first]; slot?.done; slot = this.#slots[this.#first]) {
      if (slot.json !== undefined) this.#write(slot.json);
      slot.json = undefined;
      this.#first++;
      this.#held.count--;
    }
    if (this.#first > 1000 && this.#first * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
    if (!this.#closed || this.#first < this.#slots.length) return;
    this.#closed = false;
    this.#store.saveTree(this.#writer.finish()).then(this.#finished.resolve, this.#finished.reject);
  }

  #write(json: string | NodeSlice): void {
    this.#writer.add(json);
    this.#count++;
  }
}
