import type { Run } from './backup/index.ts';
import type { PlatformFact } from './facts.ts';
import type { Events, Log } from './platform/index.ts';
import type { Drill, Restore } from './recovery/index.ts';

const failureOf = ({ failure }: Run | Drill | Restore): object =>
  failure === undefined ? {} : { code: failure.code, reason: failure.message };

/** One line for everything that an operator asks about afterwards; what went wrong is a warning. */
export function logFacts(events: Events<PlatformFact>, log: Log): void {
  events.on('run.started', ({ run }) =>
    log.info({ source: run.sourceId, run: run.id, why: run.reason }, 'backup began'),
  );
  events.on('run.finished', ({ run }) => {
    const { id, sourceId, state, snapshotId, bytesRead, bytesStored, suspect } = run;
    const facts = { source: sourceId, run: id, state, snapshot: snapshotId, bytesRead, bytesStored, suspect };
    log[state === 'succeeded' && !suspect ? 'info' : 'warn']({ ...facts, ...failureOf(run) }, 'backup ended');
  });
  events.on('drill.started', ({ drill }) =>
    log.info({ source: drill.sourceId, drill: drill.id, why: drill.reason }, 'drill began'),
  );
  events.on('drill.finished', ({ drill }) => {
    const { id, sourceId, state, recoverySeconds } = drill;
    const facts = { source: sourceId, drill: id, state, recoverySeconds };
    log[state === 'passed' ? 'info' : 'warn']({ ...facts, ...failureOf(drill) }, 'drill ended');
  });
  events.on('restore.started', ({ restore }) =>
    log.warn({ source: restore.sourceId, restore: restore.id }, 'restore in place began'),
  );
  events.on('restore.finished', ({ restore }) => {
    const { id, sourceId, state, recoverySeconds } = restore;
    const facts = { source: sourceId, restore: id, state, recoverySeconds };
    log[state === 'passed' ? 'info' : 'warn']({ ...facts, ...failureOf(restore) }, 'restore in place ended');
  });
  events.on('retention.refused', ({ refusal }) => {
    const { sourceId, wouldForget, of, concerns } = refusal;
    const why = concerns.map(({ code, message }) => ({ code, reason: message }));
    log.warn({ source: sourceId, wouldForget, of, why }, 'retention forgot nothing');
  });
  events.on('check.finished', ({ outcome: { findings: _, ...facts } }) =>
    log[facts.errors === 0 ? 'info' : 'error'](facts, 'check of the repository ended'),
  );
  events.on('mirror.finished', ({ mirror }) => {
    const { repository, id, state, objectsCopied, bytesCopied, problems, held, failure } = mirror;
    const facts = { repository, mirror: id, state, objectsCopied, bytesCopied, problems, held };
    const why = failure === undefined ? {} : { code: failure.code, reason: failure.message };
    log[state === 'succeeded' ? 'info' : 'warn']({ ...facts, ...why }, 'copy off site ended');
  });
  events.on('kit.changed', ({ kit: { repository = 'primary', state, trouble }, from }) =>
    log[state === 'kept' ? 'info' : 'warn']({ repository, from, to: state, trouble }, 'recovery kit changed'),
  );
  events.on('incident.opened', ({ incident }) =>
    log.warn({ incident: incident.id, title: incident.title }, 'incident opened'),
  );
  events.on('incident.resolved', ({ incident }) => log.info({ incident: incident.id }, 'incident resolved'));
  events.on('promise.changed', ({ change }) => {
    const { kind, subjectId, from, to } = change;
    log[to === 'kept' ? 'info' : 'warn']({ promise: kind, subject: subjectId, from, to }, 'promise changed');
  });
}
