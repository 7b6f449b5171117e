/** Changing tags, with restic's meaning: the snapshot gets a new id and remembers its first one as `original`. */
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { contentOf, planReplacement, type Replacement } from './replacement.ts';

export type TagChange =
  | { readonly set: readonly string[] }
  | { readonly add: readonly string[]; readonly remove: readonly string[] };

/** @param all every snapshot that can be read */
export function planTags(
  snapshots: readonly Snapshot[],
  change: TagChange,
  all: readonly Snapshot[],
): Replacement[] {
  return snapshots.flatMap((old) => {
    const tags = changedTags(old.tags, change);
    if (tags === undefined) return [];
    const content = { ...contentOf(old), tags, original: old.original ?? old.id };
    return [planReplacement(old, content, true, all)];
  });
}

/** Undefined when nothing changes. Setting to one empty tag means none at all. */
function changedTags(tags: readonly string[], change: TagChange): string[] | undefined {
  if ('set' in change) return change.set.length === 1 && change.set[0] === '' ? [] : [...change.set];
  const result = [...tags];
  for (const tag of change.add) if (!result.includes(tag)) result.push(tag);
  for (const tag of change.remove) {
    const at = result.indexOf(tag);
    if (at !== -1) result.splice(at, 1);
  }
  return result.length === tags.length && result.every((tag, at) => tag === tags[at]) ? undefined : result;
}
