import type { Snapshot } from '@octobox/repository';
import type { Actor } from '../../audit/index.ts';
import { type JobContext, type JobDefinition, type JobRequest, ServerError } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import { aloneLane, aloneWith, besideBackups } from '../upkeep/repository-alone.ts';
import type { DamagedPacks } from './damaged-packs.ts';
import { planRepair } from './plan-repair.ts';
import type { RepairFigures, RepairOutcome, RepairWish } from './repair.ts';
import { firstOf, markOf } from './sentences.ts';

export const repairPlanRequest = (wish: RepairWish): JobRequest<RepairWish> => ({
  kind: 'repair-plan',
  payload: wish,
  uniqueKey: `repair-plan:${markOf(JSON.stringify(wish))}`,
  lane: aloneLane,
});

/** Finds out what can be mended; its result is the plan. */
export class RepairPlanJob implements JobDefinition<RepairWish> {
  readonly kind = 'repair-plan';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;

  constructor({ keeper }: { keeper: RepositoryKeeper }) {
    this.#keeper = keeper;
  }

  async run(wish: RepairWish, job: JobContext): Promise<RepairFigures> {
    return await besideBackups(this.#keeper, job, async (repository, signal) => {
      const onProgress = job.progress.bind(job);
      const { figures } = await planRepair(repository, wish, { signal, onProgress });
      return figures;
    });
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

export interface RepairPayload {
  readonly wish: RepairWish;
  /** The job of the plan that a person looked at. */
  readonly plan: number;
  /** What that plan said would go or become another. */
  readonly marks: readonly string[];
  /** Who asked for it. */
  readonly actor?: Actor | undefined;
}

/** One at a time; which plan it carries out is in its payload. */
export const repairRequest = (payload: RepairPayload): JobRequest<RepairPayload> => ({
  kind: 'repair',
  payload,
  uniqueKey: 'repair',
  lane: aloneLane,
});

/** A snapshot that another one takes the place of: durable, before the old one goes. */
export type TellRepaired = (written: {
  readonly old: Snapshot;
  readonly new: Snapshot;
  readonly actor: Actor | undefined;
  readonly job: number;
}) => Promise<void>;

interface Parts {
  readonly keeper: RepositoryKeeper;
  readonly damagedPacks: Pick<DamagedPacks, 'keep'>;
  readonly tellRepaired: TellRepaired;
}

/**
 * Mends what a plan says, if nothing goes that it did not say once the repository is ours alone. Each moment leaves it no worse:
 * of an attempt that was cut off less is left to do, and the next one does that.
 */
export class RepairJob implements JobDefinition<RepairPayload> {
  readonly kind = 'repair';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run({ wish, marks, actor }: RepairPayload, job: JobContext): Promise<RepairOutcome> {
    const { keeper, damagedPacks, tellRepaired } = this.#parts;
    return await aloneWith(keeper, job, async (repository, signal) => {
      const onProgress = job.progress.bind(job);
      const { figures, apply } = await planRepair(repository, wish, { signal, onProgress });
      const seen = new Set(marks);
      if (figures.marks.some((mark) => !seen.has(mark))) throw outdatedRepair();
      const { counts } = figures;
      const { sentences, copies = [] } = figures.changesAnything
        ? await apply({
            keepPack: (pack) => damagedPacks.keep(pack, signal),
            onWritten: (written) => tellRepaired({ ...written, actor, job: job.job.id }),
          })
        : { sentences: figures.sentences };
      for (const sentence of sentences) job.log(sentence);
      return { ...firstOf(sentences), counts, copies };
    });
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

export const outdatedRepair = (): ServerError =>
  new ServerError('server.plan-outdated', 'something else would go than this plan says', {
    advice: 'Get a plan anew, look at it, and carry out that one.',
  });
