import type { Snapshot } from '@octobox/repository';
import type { AuditRecord, Origin } from './audit/index.ts';
import type { ReplacementKind } from './backup/index.ts';
import { instant } from './platform/index.ts';
import type { Rooms } from './rooms.ts';

/** By which verb a snapshot is made anew. */
export type ReplacingVerb = 'tag' | 'rewrite' | 'repair';

export interface SnapshotReplacement {
  readonly verb: ReplacingVerb;
  readonly old: Known;
  readonly new: Known;
  readonly origin: Origin;
  /** What else the audit log is to say. */
  readonly after?: AuditRecord['after'];
}

type Known = Pick<Snapshot, 'id' | 'tree' | 'tags'>;

const changedTree = { tag: 'rewritten', rewrite: 'rewritten', repair: 'repaired' } as const;

/**
 * A snapshot of the platform's repository has another id from now on: whatever names it names the new one, in one change
 * with the entry in the audit log. It comes between the write of the new one and the removal of the old one, so that
 * each that is named is there at any moment; said twice, it is done once.
 *
 * One that was repaired lacks what was lost: no promise and no restore rests on it from then on.
 *
 * With the same tree it is the same backup under another label, and drills and restores of it are of the new one. With
 * another tree they keep telling what they were done on. What was seen off site lies there under the old id until the
 * next mirror. Jobs that wait name what was asked for, and find the new one when they begin.
 */
export async function replaceSnapshot(
  rooms: Pick<Rooms, 'audit' | 'clock' | 'database' | 'monitoring' | 'recoveries' | 'replaced' | 'runs'>,
  { verb, old, new: next, origin, after }: SnapshotReplacement,
): Promise<void> {
  const how: ReplacementKind = old.tree === next.tree ? 'relabelled' : changedTree[verb];
  const at = instant(rooms.clock.now());
  await rooms.database.change(async (transaction) => {
    if (!(await rooms.replaced.note(transaction, { old: old.id, new: next.id, how, at }))) return;
    await rooms.runs.replaceSnapshot(transaction, old.id, next.id, how);
    await rooms.monitoring.outages.replaceReference(transaction, old.id, next.id);
    if (how === 'relabelled') await rooms.recoveries.replaceSnapshot(transaction, old.id, next.id);
    await rooms.audit.append(transaction, {
      action: `snapshot.${how}`,
      origin,
      subject: `snapshot:${old.id}`,
      before: { id: old.id, ...fieldsOf(old) },
      after: { id: next.id, ...fieldsOf(next), ...after },
    });
  });
}

const fieldsOf = ({ tree, tags }: Known) => ({ tree, tags: tags.join(',') });
