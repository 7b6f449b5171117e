import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MirrorRun, OffSiteCopy } from '../offsite/index.ts';
import { plainSentence } from './evidence.ts';
import { judgeOffSiteCopy, type OffSiteRepositoryFacts } from './off-site-copy.ts';

const now = new Date('2026-11-25T12:00:00.000Z');
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();

const copy = (seconds: number): OffSiteCopy => ({
  repository: 'paris',
  sourceId: 's',
  runId: 1,
  snapshotId: 'a',
  recoveryPointAt: ago(seconds),
  confirmedAt: ago(seconds - 10),
});
const run = (state: MirrorRun['state']): MirrorRun => ({
  id: 1,
  repository: 'paris',
  jobId: 1,
  state,
  reason: 'backup',
  startedAt: ago(60),
});
const repository = (change: Partial<OffSiteRepositoryFacts> = {}): OffSiteRepositoryFacts => ({
  place: 'Paris, France',
  since: ago(86_400),
  maxAgeSeconds: 7200,
  copy: copy(600),
  lastEnded: run('succeeded'),
  ...change,
});
const judge = (...repositories: OffSiteRepositoryFacts[]) =>
  judgeOffSiteCopy({ maxAgeSeconds: 7200, protectedSince: ago(172_800), repositories }, now);

describe('the promise of a copy off site', () => {
  it('is kept by a copy that is young enough', () => {
    const { state, evidence } = judge(repository());
    assert.equal(state, 'kept');
    assert.equal(plainSentence(evidence.sentence), 'newest backup in Paris, France: 2026-11-25 11:50 UTC');
  });

  it('is at risk when the copy is a little late, or when the last attempt did not succeed', () => {
    assert.equal(judge(repository({ copy: copy(7300) })).state, 'at-risk');
    for (const state of ['failed', 'interrupted', 'incomplete'] as const) {
      assert.equal(judge(repository({ lastEnded: run(state) })).state, 'at-risk', state);
    }
  });

  it('is broken by silence: whatever the last attempt was, an old copy is old', () => {
    assert.equal(judge(repository({ copy: copy(8000) })).state, 'broken');
    assert.equal(judge(repository({ copy: undefined, lastEnded: undefined })).state, 'broken');
  });

  it('is unknown as long as a first copy may still come, and when a clock was wrong', () => {
    assert.equal(judge(repository({ copy: undefined, since: ago(600) })).state, 'unknown');
    assert.equal(judge(repository({ copy: undefined, since: undefined })).state, 'unknown');
    assert.equal(judge(repository({ copy: copy(-600) })).state, 'unknown');
  });

  it('is at risk when one of two copies is not good', () => {
    const other = repository({ place: 'Montréal', copy: copy(90_000) });
    assert.equal(judge(repository(), repository({ copy: undefined, since: ago(60) })).state, 'kept');
    const { state, evidence } = judge(repository(), other);
    assert.equal(state, 'at-risk');
    assert.equal(evidence.facts.good, 1);
    assert.equal(judge(other, other).state, 'broken');
  });
});
