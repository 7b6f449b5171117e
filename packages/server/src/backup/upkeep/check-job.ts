import type { CheckOptions, CheckProgress } from '@octobox/repository';
import type { Events, JobContext, JobDefinition, JobProgress, JobRequest } from '../../platform/index.ts';
import type { BackupFact } from '../facts.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import type { CheckOutcome } from './check-outcome.ts';
import { aloneLane, aloneWith } from './repository-alone.ts';

export interface CheckPayload {
  /** How much of the packs is read as a whole: `none`, `all`, or a share such as `5%`, chosen anew each time. */
  readonly data: string;
}

const mostFindings = 100;

/** Nothing that repairs brings back what is lost: a copy does, so it comes first. */
const whatHelps =
  'What helps, in this order: put back the named files from a copy off site; then repair the index, the packs, and the snapshots, each by a ' +
  'plan that tells first what it would do: in the console on the screen Repositories under "Repair", by the API (`POST /api/v1/repair-plans`), or ' +
  'on the machine of the platform with `octobox repair index`, `repair packs` and `repair snapshots`, each with `--dry-run` first. ' +
  'The operator guide tells how under "When a repository is damaged".';

export const checkRequest = (payload: CheckPayload): JobRequest<CheckPayload> => ({
  kind: 'check',
  payload,
  uniqueKey: 'check',
  lane: aloneLane,
});

/** Looks whether the platform's repository is whole. Damage is no failure of the job: it is what it found. */
export class CheckJob implements JobDefinition<CheckPayload> {
  readonly kind = 'check';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;
  readonly #events: Pick<Events<BackupFact>, 'emit'>;

  constructor({
    keeper,
    events,
  }: {
    keeper: RepositoryKeeper;
    events: Pick<Events<BackupFact>, 'emit'>;
  }) {
    this.#keeper = keeper;
    this.#events = events;
  }

  async run({ data }: CheckPayload, job: JobContext): Promise<CheckOutcome> {
    const { checkRepository } = await import('@octobox/repository/check');
    const report = await aloneWith(this.#keeper, job, (repository, signal) =>
      checkRepository(repository, {
        readData: readDataOf(data),
        noLock: true,
        signal,
        onProgress: (progress) => job.progress(progressOf(progress)),
      }),
    );
    const { errorCount: errors, hintCount: hints, snapshots, packs, packsRead, bytesRead } = report;
    const findings = [...report.findings]
      .sort((a, b) => Number(a.severity === 'hint') - Number(b.severity === 'hint'))
      .slice(0, mostFindings)
      .map(({ severity, code, message }) => ({ severity, code, message }));
    const outcome = { data, errors, hints, snapshots, packs, packsRead, bytesRead, findings };
    for (const { message } of findings) job.log(message);
    if (errors > 0) job.log(whatHelps);
    this.#events.emit({ type: 'check.finished', outcome });
    return outcome;
  }
}

function readDataOf(data: string): CheckOptions['readData'] {
  if (data === 'none') return undefined;
  return data === 'all' ? true : { subset: data };
}

const steps = {
  index: 'reading the index',
  packs: 'looking for packs',
  trees: 'reading folders',
  data: 'reading data',
} as const;
const units = { index: 'files', packs: 'packs', trees: 'folders', data: 'packs' } as const;

const progressOf = ({ phase, done, total, bytesDone, bytesTotal }: CheckProgress): JobProgress => {
  const [so, all, unit] =
    bytesDone === undefined ? [done, total, units[phase]] : [bytesDone, bytesTotal, 'bytes'];
  return { step: steps[phase], done: so, unit, ...(all === undefined ? {} : { total: all }) };
};
