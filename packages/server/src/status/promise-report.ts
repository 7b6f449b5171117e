import { type KeptPromise, type PromiseChange, plainSentence, subjectOf } from '../trust/index.ts';
import type { PromiseChangeReport, PromiseReport } from './report.ts';

/** So many changes of one promise are public. */
export const shownChanges = 50;

/** A promise as the public sees it. `changes`: those of all promises, newest first. */
export function promiseReport(
  promise: KeptPromise,
  sourceNames: ReadonlyMap<string, string>,
  changes: readonly PromiseChange[],
): PromiseReport {
  const source = promise.sourceId === undefined ? undefined : sourceNames.get(promise.sourceId);
  const { sentence, observedAt, facts } = promise.evidence;
  const subjectId = subjectOf(promise);
  return {
    kind: promise.kind,
    ...(source === undefined ? {} : { source }),
    sentence: promise.sentence,
    state: promise.state,
    since: promise.since,
    evidence: {
      text: plainSentence(sentence),
      sentence,
      ...(observedAt === undefined ? {} : { observedAt }),
      facts,
    },
    history: changes
      .filter((change) => change.kind === promise.kind && change.subjectId === subjectId)
      .slice(0, shownChanges)
      .flatMap(changeReport),
  };
}

const changeReport = ({ at, from, to, evidence }: PromiseChange): PromiseChangeReport[] =>
  from === undefined
    ? []
    : [{ at, from, to, text: plainSentence(evidence.sentence), sentence: evidence.sentence }];
