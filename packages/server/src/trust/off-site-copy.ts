import type { MirrorRun, OffSiteCopy } from '../offsite/index.ts';
import { durationWords, type Instant } from '../platform/index.ts';
import { allowanceSeconds, type Judgement } from './backup-fresh.ts';
import type { Sentence } from './evidence.ts';
import type { PromiseState } from './schema.ts';

export interface OffSiteCopyFacts {
  /** The copy may be so old at most. */
  readonly maxAgeSeconds: number;
  readonly protectedSince: Instant;
  readonly repositories: readonly OffSiteRepositoryFacts[];
}

export interface OffSiteRepositoryFacts {
  /** For people. */
  readonly place: string;
  /** Since when it has been in the configuration; undefined: it was never looked at. */
  readonly since: Instant | undefined;
  readonly maxAgeSeconds: number;
  readonly copy: OffSiteCopy | undefined;
  readonly lastEnded: MirrorRun | undefined;
}

const best: readonly PromiseState[] = ['kept', 'at-risk', 'unknown', 'broken'];

const isTrouble = (state: PromiseState): boolean => state === 'at-risk' || state === 'broken';

/**
 * "A copy off site, at most 2 hours old": judged by the age of the newest recovery point that was seen there. One
 * good copy keeps it; where one of several is late or missing, it is at risk.
 */
export function judgeOffSiteCopy(facts: OffSiteCopyFacts, now: Date): Judgement {
  const judged = facts.repositories.map((repository) => ({
    repository,
    ...judgeOne(repository, facts.protectedSince, now),
  }));
  const states = judged.map(({ state }) => state);
  const top = best.find((state) => states.includes(state)) ?? 'unknown';
  const newest = judged
    .flatMap(({ repository }) => repository.copy ?? [])
    .map(({ recoveryPointAt }) => recoveryPointAt)
    .sort()
    .at(-1);
  return {
    state: top === 'kept' && states.some(isTrouble) ? 'at-risk' : top,
    evidence: {
      sentence: judged.flatMap(({ sentence }, at): Sentence => [...(at === 0 ? [] : ['; ']), ...sentence]),
      ...(newest === undefined ? {} : { observedAt: newest }),
      facts: {
        maxAgeSeconds: facts.maxAgeSeconds,
        repositories: judged.length,
        good: states.filter((state) => state === 'kept').length,
        ...(newest === undefined
          ? {}
          : { ageSeconds: Math.round((now.getTime() - Date.parse(newest)) / 1_000) }),
      },
    },
  };
}

function judgeOne(
  { place, since, maxAgeSeconds, copy, lastEnded }: OffSiteRepositoryFacts,
  protectedSince: Instant,
  now: Date,
): { state: PromiseState; sentence: Sentence } {
  const trouble = troubleOf(lastEnded);
  const limit = maxAgeSeconds + allowanceSeconds(maxAgeSeconds);
  if (copy === undefined) {
    // Who is new on either side has the whole time for a first copy.
    const begin = since === undefined ? undefined : since > protectedSince ? since : protectedSince;
    const waited = begin === undefined ? 0 : (now.getTime() - Date.parse(begin)) / 1_000;
    return {
      state: waited > limit ? 'broken' : 'unknown',
      sentence: [`no copy in ${place} yet`, ...trouble],
    };
  }
  const age = (now.getTime() - Date.parse(copy.recoveryPointAt)) / 1_000;
  const sentence: Sentence = [`newest backup in ${place}: `, { at: copy.recoveryPointAt }, ...trouble];
  // A copy from the future says that a clock was wrong: its age is not known.
  if (age < -60) return { state: 'unknown', sentence };
  if (age > limit) return { state: 'broken', sentence };
  return { state: age > maxAgeSeconds || trouble.length > 0 ? 'at-risk' : 'kept', sentence };
}

function troubleOf(run: MirrorRun | undefined): Sentence {
  switch (run?.state) {
    case 'failed':
      return ['; sending failed ', { at: run.startedAt }];
    case 'interrupted':
      return ['; sending was interrupted ', { at: run.startedAt }];
    case 'incomplete':
      return ['; some of the repository could not be copied ', { at: run.startedAt }];
    default:
      return [];
  }
}

/** For people: where an off-site repository is. */
export const placeOf = ({
  name,
  place,
}: {
  readonly name: string;
  readonly place?: string | undefined;
}): string => place ?? `the repository ${name}`;

/** For people: what is promised. */
export const offSitePromise = (name: string, maxAgeSeconds: number): string =>
  `${name}: a copy off site, at most ${durationWords(maxAgeSeconds)} old`;
