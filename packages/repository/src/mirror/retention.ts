/** Object locks of a mirror that can have them: what is needed is kept locked, what the source forgot runs out. */
import type { Storage } from '@octobox/storage';
import { forEachLimited } from '../runtime/limited.ts';
import { MIRRORED_KINDS, type MirrorPlan } from './mirror-plan.ts';
import type { MirrorRecord } from './mirror-record.ts';

const atOnce = 8;
/** A lock is renewed when so much of it may have passed: one request for each object, four times in its length. */
const renewAfter = 0.25;

/** When the locks end that are set now. */
export const lockedUntil = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** Renews the lock of everything that the source still has, when that is due. Gives when it was last done. */
export async function extendRetention(
  target: Storage,
  plan: MirrorPlan,
  record: MirrorRecord,
  options: { readonly seconds: number; readonly now: Date; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { seconds, now, signal } = options;
  if (target.retain === undefined) return undefined;
  const since =
    record.retainedAt === undefined
      ? Number.POSITIVE_INFINITY
      : now.getTime() - Date.parse(record.retainedAt);
  if (since >= 0 && since < seconds * 1000 * renewAfter) return record.retainedAt;
  const until = lockedUntil(now, seconds);
  await target.retain({ kind: 'config', name: '' }, until, { signal });
  for (const kind of MIRRORED_KINDS) {
    const { source, target: there } = plan.kinds[kind];
    const needed = [...there.keys()].filter((name) => source.has(name));
    await forEachLimited(needed, atOnce, async (name) => {
      signal.throwIfAborted();
      await target.retain?.({ kind, name }, until, { signal });
    });
  }
  return now.toISOString();
}
