/** What a mirror lacks, as a value: shown before anything is sent, and then carried out. */
import type { ListedFile, Storage } from '@octobox/storage';
import { FileMissingError, StorageError } from '@octobox/storage/errors';

/**
 * The kinds that are copied, in the order in which they are: whatever a file names is there before it.
 * Locks say who works on one storage, and are never copied.
 */
export const MIRRORED_KINDS = ['key', 'data', 'index', 'snapshot'] as const;
export type MirroredKind = (typeof MIRRORED_KINDS)[number];

export interface KindPlan {
  /** At the source and not at the target, or there with another size. */
  readonly copy: readonly ListedFile[];
  readonly copyBytes: number;
  /** Everything of this kind at the source: names and sizes. */
  readonly source: ReadonlyMap<string, number>;
  /** Everything of this kind at the target. */
  readonly target: ReadonlyMap<string, number>;
  /** At the target and no longer at the source. */
  readonly missing: readonly string[];
}

export interface MirrorPlan {
  /** There is nothing at the target yet. */
  readonly isNew: boolean;
  readonly kinds: Readonly<Record<MirroredKind, KindPlan>>;
  /** To be sent. */
  readonly objects: number;
  readonly bytes: number;
}

interface PlanOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares names and sizes on both sides; reads no content. What the source gains meanwhile is left for the next
 * plan: snapshots are listed first and packs last, so that everything that a listed file names is listed, too.
 */
export async function planMirror(
  source: Storage,
  target: Storage,
  options: PlanOptions = {},
): Promise<MirrorPlan> {
  const listed = new Map<MirroredKind, ReadonlyMap<string, number>>();
  for (const kind of [...MIRRORED_KINDS].reverse()) listed.set(kind, await namesOf(source, kind, options));
  const isNew = await hasNoConfig(target, options);
  const kinds = {} as Record<MirroredKind, KindPlan>;
  let [objects, bytes] = [0, 0];
  for (const kind of MIRRORED_KINDS) {
    const there = await namesOf(target, kind, options).catch((error: unknown) => {
      if (isNew && isNothingThere(error)) return new Map<string, number>();
      throw error;
    });
    const plan = planKind(listed.get(kind) ?? new Map(), there);
    kinds[kind] = plan;
    objects += plan.copy.length;
    bytes += plan.copyBytes;
  }
  return { isNew, kinds, objects: objects + (isNew ? 1 : 0), bytes };
}

function planKind(source: ReadonlyMap<string, number>, target: ReadonlyMap<string, number>): KindPlan {
  const copy: ListedFile[] = [];
  let copyBytes = 0;
  for (const [name, size] of source) {
    if (target.get(name) === size) continue;
    copy.push({ name, size });
    copyBytes += size;
  }
  return { copy, copyBytes, source, target, missing: [...target.keys()].filter((name) => !source.has(name)) };
}

async function hasNoConfig(target: Storage, options: PlanOptions): Promise<boolean> {
  try {
    await target.stat({ kind: 'config', name: '' }, options);
    return false;
  } catch (error) {
    if (error instanceof FileMissingError || isNothingThere(error)) return true;
    throw error;
  }
}

/** No folder or bucket was made there yet. */
const isNothingThere = (error: unknown): boolean =>
  error instanceof StorageError && error.code === 'storage.missing';

/** Names and sizes. */
export async function namesOf(
  storage: Storage,
  kind: MirroredKind,
  options: PlanOptions = {},
): Promise<Map<string, number>> {
  const names = new Map<string, number>();
  for await (const { name, size } of storage.list(kind, options)) names.set(name, size);
  return names;
}
