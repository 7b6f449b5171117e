import type { FoundFile } from '../../api/operations.ts';

/** A file as it was in one snapshot or in many: its kind, size and time are the same in each of them. */
export interface FoundState {
  readonly key: string;
  readonly file: FoundFile;
  /** That have it so, the newest first. */
  readonly snapshots: { readonly id: string; readonly takenAt: string }[];
}

/** What is at one path, in whichever snapshots. */
export interface FoundPath {
  readonly path: string;
  readonly name: string;
  /** The newest first. */
  readonly states: FoundState[];
  /** In so many snapshots. */
  snapshots: number;
}

interface Page {
  readonly items: readonly FoundFile[];
  readonly searched: {
    readonly snapshots: number;
    readonly upTo?: string | undefined;
    readonly backTo?: string | undefined;
    readonly of?: number | undefined;
  };
  readonly unreadable?: readonly Unreadable[] | undefined;
}

interface Unreadable {
  readonly snapshotId: string;
  readonly takenAt: string;
}

/** What a search found so far, a path once, and what it looked through. */
export interface Gathered {
  readonly paths: readonly FoundPath[];
  /** Each path in each snapshot. */
  readonly places: number;
  readonly searched: number;
  readonly of: number;
  /** When the newest and the oldest were taken of those that were looked through. */
  readonly upTo: string | undefined;
  readonly backTo: string | undefined;
  /** Damaged, and not looked through to their end. */
  readonly unreadable: readonly Unreadable[];
}

/** The pages are in the order of snapshots, the newest first. */
export function gather(pages: readonly Page[]): Gathered {
  const paths = new Map<string, FoundPath>();
  const states = new Map<string, FoundState>();
  let [places, searched] = [0, 0];
  for (const page of pages) {
    places += page.items.length;
    searched += page.searched.snapshots;
    for (const file of page.items) {
      const known = paths.get(file.path);
      const path = known ?? { path: file.path, name: file.name, states: [], snapshots: 0 };
      if (known === undefined) paths.set(file.path, path);
      path.snapshots += 1;
      const key = JSON.stringify([file.path, file.kind, file.size, file.modifiedAt, file.linkTarget]);
      const snapshot = { id: file.snapshotId, takenAt: file.takenAt };
      const state = states.get(key);
      if (state !== undefined) state.snapshots.push(snapshot);
      else {
        const begun = { key, file, snapshots: [snapshot] };
        states.set(key, begun);
        path.states.push(begun);
      }
    }
  }
  return {
    ...{ paths: [...paths.values()], places, searched },
    unreadable: pages.flatMap(({ unreadable = [] }) => unreadable),
    of: pages[0]?.searched.of ?? searched,
    upTo: pages.find((page) => page.searched.upTo !== undefined)?.searched.upTo,
    backTo: pages.findLast((page) => page.searched.backTo !== undefined)?.searched.backTo,
  };
}
