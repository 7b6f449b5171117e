/**
 * Gathers the nodes of one folder in their order while some of them are still in the making: files that workers
 * read, folders whose own entries are not complete.
 *
 * States: open (takes entries) → closed (no more come) → finished (every entry is there, the tree is saved).
 */
import type { NewBlobs } from './threads/new-blobs.ts';
import type { NodeSlice, PlainTree, SealedTree, TreeWriter } from './tree-writer.ts';

/** Nodes that wait behind an unfinished one, over all folders: the walk pauses when they are too many. */
export interface HeldNodes {
  count: number;
}

interface Slot {
  json: string | NodeSlice | Uint8Array | undefined;
  done: boolean;
  /** How many entries it stands for. */
  entries: number;
}

/** Neighbours whose nodes come together. */
export interface NodeRun {
  readonly builder: FolderBuilder;
  /** Takes the next entry of the folder in; false when something else has come behind the run. */
  extend(): boolean;
  /** Call once, with the nodes that there are, commas between them. */
  place(json: Uint8Array, count: number): void;
}

export interface SavedTree {
  readonly id: Buffer;
  readonly fresh: NewBlobs;
}

export interface TreeStore {
  newTree(): TreeWriter;
  saveTree(tree: PlainTree | SealedTree): Promise<SavedTree>;
}

export class FolderBuilder {
  readonly #writer: TreeWriter;
  readonly #held: HeldNodes;
  readonly #store: TreeStore;
  readonly #finished = Promise.withResolvers<SavedTree>();
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
    this.#slots.push({ json, done: true, entries: 1 });
    this.#held.count++;
  }

  /** Keeps the place of an entry and of those that the run is extended by. */
  reserveRun(): NodeRun {
    const slot: Slot = { json: undefined, done: false, entries: 1 };
    this.#slots.push(slot);
    this.#held.count++;
    return {
      builder: this,
      extend: () => {
        if (this.#slots.at(-1) !== slot) return false;
        slot.entries++;
        this.#held.count++;
        return true;
      },
      place: (json, count) => {
        if (count > 0) slot.json = json;
        this.#count += Math.max(0, count - 1);
        slot.done = true;
        this.#advance();
      },
    };
  }

  /** Keeps the place of an entry. Call the result once, with nothing when the entry is left out after all. */
  reserve(): (json?: string | NodeSlice) => void {
    const slot: Slot = { json: undefined, done: false, entries: 1 };
    this.#slots.push(slot);
    this.#held.count++;
    return (json) => {
      slot.json = json;
      slot.done = true;
      this.#advance();
    };
  }

  /** No more entries come. */
  close(): Promise<SavedTree> {
    this.#closed = true;
    this.#advance();
    return this.#finished.promise;
  }

  #advance(): void {
    for (let slot = this.#slots[this.#first]; slot?.done; slot = this.#slots[this.#first]) {
      if (slot.json !== undefined) this.#write(slot.json);
      slot.json = undefined;
      this.#first++;
      this.#held.count -= slot.entries;
    }
    if (this.#first > 1000 && this.#first * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
    if (!this.#closed || this.#first < this.#slots.length) return;
    this.#closed = false;
    this.#store.saveTree(this.#writer.finish()).then(this.#finished.resolve, this.#finished.reject);
  }

  #write(json: string | NodeSlice | Uint8Array): void {
    this.#writer.add(json);
    this.#count++;
  }
}
