import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Run } from '../backup/index.ts';
import type { Lapse } from '../platform/index.ts';
import type { Drill } from '../recovery/index.ts';
import { judgeRows } from './accounts-unaltered.ts';
import { judgeRemovals } from './audit-log-kept.ts';
import { type FreshnessFacts, judgeFreshness } from './backup-fresh.ts';
import { plainSentence } from './evidence.ts';
import { judgeOpenings } from './opened-by-leave.ts';
import { judgeRecovery } from './recovery-within-target.ts';
import { judgeRehearsal } from './restore-rehearsed.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

const backup = (minutes: number, change: Partial<Run> = {}): Run => ({
  id: 7,
  sourceId: 's',
  jobId: 1,
  state: 'succeeded',
  reason: 'schedule',
  startedAt: ago(minutes),
  finishedAt: ago(minutes - 1),
  snapshotId: 'abc',
  recoveryPointAt: ago(minutes),
  bytesRead: 41_000_000,
  bytesStored: 2_000_000,
  warnings: [],
  suspect: false,
  ...change,
});

const drill = (hours: number, seconds: number, change: Partial<Drill> = {}): Drill => ({
  id: 3,
  sourceId: 's',
  jobId: 1,
  state: 'passed',
  reason: 'schedule',
  snapshotId: 'abc',
  recoveryPointAt: ago(hours * 60 + 10),
  startedAt: ago(hours * 60),
  finishedAt: ago(hours * 60 - seconds / 60),
  recoverySeconds: seconds,
  rpoSeconds: 3_600,
  rtoSeconds: 900,
  checks: [{ name: 'rows', outcome: 'passed', summary: '', differences: [] }],
  warnings: [],
  ...change,
});

const freshness = (change: Partial<FreshnessFacts>) =>
  judgeFreshness(
    {
      rpoSeconds: 3_600,
      protectedSince: ago(10_000),
      sourceKind: 'postgresql',
      lastGood: undefined,
      lastGoodStored: 'yes',
      lastRun: undefined,
      lastVerified: undefined,
      lapses: [],
      ...change,
    },
    now,
  );

describe('"a backup is fresh"', () => {
  it('is kept by a young backup, and says what it rests on', () => {
    const lastGood = backup(12);
    const judged = freshness({ lastGood, lastRun: lastGood, lastVerified: drill(1, 60) });
    assert.equal(judged.state, 'kept');
    assert.equal(
      plainSentence(judged.evidence.sentence),
      'last dump 2026-11-23 11:48 UTC, 39.1 MiB, verified by a rehearsal',
    );
  });

  it('is broken by silence alone', () => {
    const lastGood = backup(120);
    assert.equal(freshness({ lastGood, lastRun: lastGood }).state, 'broken');
  });

  it('is at risk when the objective is overstepped by what a run takes', () => {
    const lastGood = backup(63);
    assert.equal(freshness({ lastGood, lastRun: lastGood }).state, 'at-risk');
  });

  it('is at risk when the last run failed or a due time was missed, however young the last backup is', () => {
    const lastGood = backup(12);
    const failed = backup(2, { state: 'failed' });
    assert.equal(freshness({ lastGood, lastRun: failed }).state, 'at-risk');
    assert.equal(freshness({ lastGood, lastRun: backup(2, { state: 'interrupted' }) }).state, 'at-risk');
    const lapse: Lapse = {
      kind: 'missed',
      scheduleKind: 'backup',
      subject: 's',
      firstDueAt: ago(9),
      lastDueAt: ago(5),
      count: 5,
      noticedAt: ago(1),
      reason: '',
    };
    const judged = freshness({ lastGood, lastRun: lastGood, lapses: [lapse] });
    assert.equal(judged.state, 'at-risk');
    assert.match(plainSentence(judged.evidence.sentence), /5 due times late or missed/);
  });

  it('is unknown before the first backup, and broken when none came in time', () => {
    assert.equal(freshness({ protectedSince: ago(5) }).state, 'unknown');
    assert.equal(freshness({ protectedSince: ago(500) }).state, 'broken');
  });

  it('is broken when the repository lost the snapshot, and unknown when it cannot be asked', () => {
    const lost = freshness({ lastGood: backup(12), lastRun: backup(12), lastGoodStored: 'no' });
    assert.equal(lost.state, 'broken');
    assert.match(plainSentence(lost.evidence.sentence), /does not hold it any more/);
    const silent = freshness({ lastGood: backup(12), lastRun: backup(12), lastGoodStored: 'unknown' });
    assert.equal(silent.state, 'unknown');
  });

  it('is unknown when the newest backup is from the future', () => {
    assert.equal(freshness({ lastGood: backup(-600) }).state, 'unknown');
  });
});

describe('"a restore is rehearsed"', () => {
  const rehearsal = (change: { lastPassed?: Drill; lastEnded?: Drill; protectedSince?: string }) =>
    judgeRehearsal(
      {
        rehearseSeconds: 2 * 86_400,
        rtoSeconds: 900,
        protectedSince: ago(60),
        lastPassed: undefined,
        lastEnded: undefined,
        ...change,
      },
      now,
    );

  it('is kept by a drill that passed, and names its result', () => {
    const judged = rehearsal({ lastPassed: drill(8, 161), lastEnded: drill(8, 161) });
    assert.equal(judged.state, 'kept');
    assert.match(plainSentence(judged.evidence.sentence), /last rehearsal .*: 2 m 41 s, 1 check passed/);
  });

  const last = (change: Partial<Drill>) =>
    rehearsal({
      lastPassed: drill(8, 161),
      lastEnded: drill(1, 100, { id: 4, state: 'failed', checks: [], ...change }),
    });

  it('is broken at once by a drill whose checks found differences, and names the checks', () => {
    const check = (name: string, outcome: 'passed' | 'failed') => ({
      ...{ name, outcome, summary: '10 rows of public.orders differ', differences: ['public.orders'] },
    });
    const judged = last({
      checks: [check('rows', 'failed'), check('content', 'passed'), check('sequences', 'failed')],
      failure: { code: 'server.drill-failed', message: 'public.orders differs' },
    });
    assert.equal(judged.state, 'broken');
    assert.equal(
      plainSentence(judged.evidence.sentence),
      'the rehearsal 2026-11-23 11:00 UTC found differences in rows, sequences',
    );
    assert.equal(judged.evidence.facts.failureCode, 'server.drill-failed');
    assert.doesNotMatch(JSON.stringify(judged), /public/);
  });

  it('is broken at once by a drill that could not be carried out, and keeps the reason inside', () => {
    const judged = last({
      failure: { code: 'source.unreachable', message: 'db.internal:5432 refused', advice: 'ask 10.0.0.7' },
    });
    assert.equal(judged.state, 'broken');
    assert.equal(
      plainSentence(judged.evidence.sentence),
      'the rehearsal 2026-11-23 11:00 UTC could not be carried out',
    );
    assert.equal(judged.evidence.facts.failureCode, 'source.unreachable');
    assert.doesNotMatch(JSON.stringify(judged), /internal|10\.0/);
    const odd = last({ failure: { code: 'read /srv/secret', message: '' } });
    assert.equal(odd.evidence.facts.failureCode, 'unknown');
  });

  it('is broken by a drill that checked nothing: it proves nothing', () => {
    const judged = last({ failure: { code: 'server.drill-failed', message: 'nothing was checked' } });
    assert.equal(judged.state, 'broken');
    assert.match(plainSentence(judged.evidence.sentence), /found nothing to check$/);
  });

  it('turns from kept to at risk to broken by the passing of time', () => {
    const state = (hours: number) =>
      rehearsal({ lastPassed: drill(hours, 60), lastEnded: drill(hours, 60) }).state;
    assert.deepEqual([state(47), state(50), state(60)], ['kept', 'at-risk', 'broken']);
  });

  it('is unknown until it was rehearsed', () => {
    assert.equal(rehearsal({}).state, 'unknown');
    assert.equal(rehearsal({ protectedSince: ago(10 * 24 * 60) }).state, 'broken');
  });
});

describe('"recovery within target"', () => {
  const recovery = (
    parts: { name: string; lastPassed: Drill | undefined; failedSince?: boolean }[],
    estimateSeconds?: number,
    outages: { startedAt: string; endedAt?: string }[] = [],
  ) =>
    judgeRecovery(
      {
        outages,
        rtoSeconds: 900,
        rehearseSeconds: 2 * 86_400,
        parts: parts.map((part) => ({ failedSince: false, ...part })),
        estimate: estimateSeconds === undefined ? undefined : { seconds: estimateSeconds, basis: '' },
      },
      now,
    );

  it('adds up what all parts took', () => {
    const judged = recovery([
      { name: 'database', lastPassed: drill(8, 161) },
      { name: 'files', lastPassed: drill(9, 74) },
    ]);
    assert.equal(judged.state, 'kept');
    assert.match(plainSentence(judged.evidence.sentence), /3 m 55 s against 15 m/);
  });

  it('is broken when the measured time is above the target, at risk when growth will break it', () => {
    assert.equal(recovery([{ name: 'd', lastPassed: drill(1, 901) }]).state, 'broken');
    assert.equal(recovery([{ name: 'd', lastPassed: drill(1, 500) }], 800).state, 'at-risk');
  });

  it('is unknown while a part was never measured, or too long ago', () => {
    const judged = recovery([
      { name: 'database', lastPassed: drill(8, 161) },
      { name: 'files', lastPassed: undefined },
    ]);
    assert.equal(judged.state, 'unknown');
    assert.match(plainSentence(judged.evidence.sentence), /not measured yet: files/);
    assert.equal(recovery([{ name: 'd', lastPassed: drill(24 * 5, 60) }]).state, 'unknown');
    assert.equal(recovery([]).state, 'unknown');
  });

  it('is at risk, then broken, while a real outage lasts, whatever the rehearsals say', () => {
    const rehearsed = [{ name: 'd', lastPassed: drill(1, 10) }];
    assert.equal(recovery(rehearsed, 10, [{ startedAt: ago(5) }]).state, 'kept');
    assert.equal(recovery(rehearsed, 10, [{ startedAt: ago(13) }]).state, 'at-risk');
    const judged = recovery(rehearsed, 10, [{ startedAt: ago(16) }]);
    assert.equal(judged.state, 'broken');
    assert.match(plainSentence(judged.evidence.sentence), /out since .*: 16 m against 15 m/);
  });

  it('stays broken after an outage that took too long, until a rehearsal shows that it would go better', () => {
    const outage = { startedAt: ago(100), endedAt: ago(70) };
    const judged = recovery([{ name: 'd', lastPassed: drill(3, 10) }], 10, [outage]);
    assert.equal(judged.state, 'broken');
    assert.match(plainSentence(judged.evidence.sentence), /took 30 m against 15 m; not rehearsed since/);
    assert.equal(recovery([{ name: 'd', lastPassed: drill(1, 10) }], 10, [outage]).state, 'kept');
    const short = { startedAt: ago(100), endedAt: ago(95) };
    assert.equal(recovery([{ name: 'd', lastPassed: drill(3, 10) }], 10, [short]).state, 'kept');
  });

  it('is broken when a later rehearsal failed', () => {
    assert.equal(recovery([{ name: 'd', lastPassed: drill(8, 10), failedSince: true }]).state, 'broken');
  });
});

describe('what members keep', () => {
  const book = {
    ...{ checkedAt: ago(0), entries: 2, openings: 5, byOwners: 2, underGrants: 3 },
    ...{ withoutGrant: 0, transfers: 0, altered: 0, unverified: 0, lastOpenedAt: ago(60) },
  };

  it('is opened by leave as long as the whole book says so, and vouched for by nobody who cannot verify it', () => {
    for (const [change, state] of [
      [{}, 'kept'],
      [{ unverified: 1 }, 'unknown'],
      [{ withoutGrant: 1, underGrants: 2 }, 'broken'],
      [{ altered: 1, unverified: 1 }, 'broken'],
    ] as const) {
      assert.equal(judgeOpenings({ ...book, ...change }).state, state);
    }
    assert.equal(
      plainSentence(judgeOpenings(book).evidence.sentence),
      'opened without a grant: 0; by their owners: 2, under grants: 3; last 2026-11-23 11:00 UTC',
    );
  });
});

describe('the accounts', () => {
  it('are unaltered as long as the platform wrote all rows, unknown without the key', () => {
    const report = { checkedAt: ago(0), rows: 9, foreign: {}, putBack: 0 };
    const said = (more: Partial<Parameters<typeof judgeRows>[0]>) => {
      const { state, evidence } = judgeRows({ ...report, ...more });
      return [state, plainSentence(evidence.sentence)];
    };
    assert.deepEqual(said({}), [
      'kept',
      'rows of the accounts that the platform did not write: 0; of 9 in all',
    ]);
    assert.deepEqual(said({ foreign: { members: 1, users: 2 } }), [
      'broken',
      'rows of the accounts that the platform did not write: 3 (members 1, users 2); of 9 in all',
    ]);
    assert.deepEqual(said({ putBack: 1 }), [
      'broken',
      'rows of the accounts that the platform did not write: 0; of the past, put back: 1; of 9 in all',
    ]);
    assert.equal(said({ rows: 0, trouble: 'no-key' })[0], 'unknown');
    assert.equal(said({ rows: 0, trouble: 'replaced' })[0], 'broken');
  });
});

describe('the audit log', () => {
  it('is kept as long as the platform alone let entries go', () => {
    const report = { checkedAt: ago(0), removals: 3, entries: 900, foreign: 0, lastAt: ago(60) };
    assert.equal(judgeRemovals(report).state, 'kept');
    const judged = judgeRemovals({ ...report, foreign: 1 });
    assert.equal(judged.state, 'broken');
    assert.equal(
      plainSentence(judged.evidence.sentence),
      'records of removals that the platform did not make: 1; of 3 in all, by which 900 old entries went; last 2026-11-23 11:00 UTC',
    );
  });
});
