/** Remembers under which name a file with several names was restored first. */
import { createHash } from 'node:crypto';
import type { Node } from '../../format/trees/node.ts';
import type { Place } from './target-folders.ts';

export interface FirstName {
  readonly location: Buffer;
  readonly place: Place;
  /** Set when the file could not be restored: its other names must not become links to it. */
  failed: boolean;
}

export type MetFile =
  | { readonly kind: 'alone' }
  | { readonly kind: 'first' | 'further'; readonly first: FirstName };

interface Remembered {
  readonly first: FirstName;
  readonly content: string;
  /** Names that have not come yet; the last one lets the entry be forgotten. */
  left: bigint;
}

export class HardLinks {
  readonly #files = new Map<string, Remembered>();

  /**
   * What a file is: `alone` has no other names, `first` is to be restored and may be linked to later, and any
   * other is to be made a link to the first name that is returned.
   */
  meet(node: Node, location: Buffer, place: Place): MetFile {
    if (node.links <= 1n || node.inode === 0n) return { kind: 'alone' };
    const key = `${node.deviceId}:${node.inode}`;
    const content = contentKey(node);
    const known = this.#files.get(key);
    if (known === undefined) {
      const first = { location, place, failed: false };
      this.#files.set(key, { first, content, left: node.links - 1n });
      return { kind: 'first', first };
    }
    // Changed between two looks of the backup, or an inode number that was used again: not the same file.
    if (known.content !== content) return { kind: 'alone' };
    known.left--;
    if (known.left <= 0n) this.#files.delete(key);
    return { kind: 'further', first: known.first };
  }
}

function contentKey(node: Node): string {
  const hash = createHash('sha256').update(String(node.size));
  for (const id of node.content ?? []) hash.update(id);
  return hash.digest('latin1');
}
