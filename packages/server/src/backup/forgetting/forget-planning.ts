import { createHash } from 'node:crypto';
import type { ForgetConcern, ForgetPlan, KeepPolicy, Snapshot } from '@octobox/repository';
import { NotFoundError } from '../../platform/index.ts';
import { sourceTag } from '../backup-job.ts';

/** Snapshots by name, or what the rules do not keep of one source. */
export type ForgetRequest =
  | { readonly snapshots: readonly string[] }
  | { readonly sourceId: string; readonly keep: KeepPolicy };

/** What is known beside the repository of the snapshots that should not go. */
export interface Rests {
  readonly sources: () => Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** The newest good one, the last rehearsed one, the reference of an outage. */
  readonly neededSnapshots: (sourceId: string) => Promise<ReadonlySet<string>>;
  readonly isUnderSuspicion: (sourceId: string) => Promise<boolean>;
  /** The last one that a drill proved to be restorable. */
  readonly rehearsedSnapshot: (sourceId: string) => Promise<string | undefined>;
}

/** `needed`: something rests on a snapshot that is named. */
export type Concern = ForgetConcern | (Omit<ForgetConcern, 'code'> & { readonly code: 'needed' });

export interface JudgedForget<C extends Concern = Concern> {
  /** The same as long as the same snapshots would go, under the same concerns. */
  readonly id: string;
  readonly plan: ForgetPlan;
  readonly concerns: readonly C[];
  /** What the rules were not asked about, because something rests on it. */
  readonly resting?: readonly Snapshot[];
}

/**
 * What would go, what would stay, and what speaks against it. Rules never take what something rests on, nor what a
 * suspicion holds; who names such a snapshot is told.
 * @param all every snapshot of the repository
 * @throws NotFoundError of a named snapshot that is not among them; and what `planForget` throws
 */
export async function judgeForget(
  all: readonly Snapshot[],
  request: ForgetRequest,
  rests: Rests,
): Promise<JudgedForget> {
  return 'snapshots' in request
    ? await judgeNamed(all, named(all, request.snapshots), rests)
    : await judgeRules(all, request, rests);
}

async function judgeNamed(
  all: readonly Snapshot[],
  chosen: readonly Snapshot[],
  rests: Rests,
): Promise<JudgedForget> {
  const { forgetConcerns, planForgetSnapshots } = await import('@octobox/repository/forget');
  const needed = new Set<string>();
  const rehearsed = new Set<string>();
  const suspected = new Set<string>();
  for (const { id } of await rests.sources()) {
    const tag = sourceTag(id);
    if (!chosen.some(({ tags }) => tags.includes(tag))) continue;
    for (const snapshot of await rests.neededSnapshots(id)) needed.add(snapshot);
    const proved = await rests.rehearsedSnapshot(id);
    if (proved !== undefined) rehearsed.add(proved);
    if (await rests.isUnderSuspicion(id)) suspected.add(tag);
  }
  const { isSuspicious } = await import('@octobox/repository/suspicion');
  const stands = (snapshot: Snapshot): boolean =>
    isSuspicious(snapshot) && snapshot.tags.some((tag) => suspected.has(tag));
  const verifiedTrees = new Set(all.filter(({ id }) => rehearsed.has(id)).map(({ tree }) => tree));
  const plan = planForgetSnapshots(chosen);
  const lost = chosen.filter(({ id }) => needed.has(id)).map(({ id }) => id);
  const concerns: Concern[] = forgetConcerns(plan, all, { verifiedTrees, stands });
  if (lost.length > 0)
    concerns.unshift({ code: 'needed', message: neededWords(lost.length), snapshots: lost });
  return { id: planId(plan, concerns), plan, concerns };
}

/** Of what rules do not keep. */
export async function judgeRules(
  all: readonly Snapshot[],
  { sourceId, keep }: Extract<ForgetRequest, { sourceId: string }>,
  rests: Rests,
): Promise<JudgedForget<ForgetConcern>> {
  const { forgetConcerns, planForget } = await import('@octobox/repository/forget');
  const { heldBySuspicion, isSuspicious } = await import('@octobox/repository/suspicion');
  const own = all.filter(({ tags }) => tags.includes(sourceTag(sourceId)));
  const needed = await rests.neededSnapshots(sourceId);
  // On the platform a person accepts the outage or restores; the mark of the snapshot stays as history.
  const suspected = await rests.isUnderSuspicion(sourceId);
  const held = suspected ? heldBySuspicion(own) : undefined;
  const rules = { ...keep, groupBy: '' as const, held };
  const plan = planForget(
    own.filter(({ id }) => !needed.has(id)),
    rules,
  );
  const stands = (snapshot: Snapshot): boolean => suspected && isSuspicious(snapshot);
  const concerns = forgetConcerns(plan, all, { rules, stands });
  const resting = own.filter(({ id }) => needed.has(id));
  return { id: planId(plan, concerns), plan, concerns, resting };
}

function named(all: readonly Snapshot[], ids: readonly string[]): Snapshot[] {
  const known = new Map(all.map((snapshot) => [snapshot.id, snapshot]));
  return [...new Set(ids)].map((id) => {
    const snapshot = known.get(id);
    if (snapshot === undefined) throw new NotFoundError(`snapshot "${id}" in the repository`);
    return snapshot;
  });
}

const neededWords = (count: number): string =>
  `${count === 1 ? '1 snapshot' : `${count} snapshots`} would go on which something rests: the newest good one of a source, the last rehearsed one, or what an outage is compared with`;

function planId({ remove }: ForgetPlan, concerns: readonly Concern[]): string {
  const hash = createHash('sha256');
  for (const id of remove.map(({ id }) => id).sort()) hash.update(`${id}\n`);
  for (const code of concerns.map(({ code }) => code).sort()) hash.update(`${code}\n`);
  return hash.digest('base64url');
}
