import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Repository } from '@octobox/repository';
import type { RepositoryKeeper, Runs } from '../backup/index.ts';
import type { Catalog } from '../catalog/index.ts';
import {
  type Clock,
  type Database,
  type Emitter,
  type Instant,
  instant,
  type JobQueue,
  type Log,
  NotFoundError,
  type OffSiteSettings,
  type Reader,
  Recurring,
  ServerError,
} from '../platform/index.ts';
import type { OffSiteFact } from './facts.ts';
import { MirrorBook } from './mirror-book.ts';
import { completed, MirrorJob, type MirrorPayload, mirrorRequest } from './mirror-job.ts';
import type { MirrorLoss, MirrorRun, OffSiteCopy } from './mirror-run.ts';
import { OffSitePlace } from './off-site-place.ts';

/** A copy that is behind is asked for again so often, whatever became of the last attempt. */
const lookEveryMs = 5 * 60_000;

export interface OffSiteOptions {
  readonly settings: readonly OffSiteSettings[];
  readonly recordFolder: string;
  /** Of the platform's repository, and so of its copies. */
  readonly passwordFile: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Emitter<OffSiteFact>;
  readonly jobs: JobQueue;
  readonly catalog: Catalog;
  readonly runs: Runs;
  readonly keeper: RepositoryKeeper;
}

/** Of each source; so many backups are enough to say that a place is far behind. */
const mostBehind = 200;

const ended = ['succeeded', 'incomplete', 'failed', 'interrupted'] as const;

/** What an off-site repository cannot go on without: a person's word. `plan` stands for what that person saw. */
export type Waiting =
  | { readonly what: 'nothing' }
  | {
      readonly what: 'loss';
      readonly plan: string;
      readonly loss: MirrorLoss;
      readonly seenAt: Instant | undefined;
    }
  | {
      /** The copy that was there is not, as when a disk is not mounted. */
      readonly what: 'gone';
      readonly plan: string;
      readonly message: string;
      readonly seenAt: Instant | undefined;
    };

/** Two places may have lost the same: who looked at one has not looked at the other. */
const planOf = (repository: string, what: Waiting['what'], seen: string): string =>
  createHash('sha256').update(`${repository} ${what} ${seen}`).digest('hex').slice(0, 32);

/** What is known of one source at one off-site repository. */
export interface SourceOffSite {
  readonly settings: OffSiteSettings;
  /** Since when it has been in the configuration; undefined: it was never looked at. */
  readonly since: Instant | undefined;
  readonly copy: OffSiteCopy | undefined;
  readonly lastEnded: MirrorRun | undefined;
}

/** The state of one off-site repository as a whole. */
export interface OffSiteState {
  readonly settings: OffSiteSettings;
  readonly lastEnded: MirrorRun | undefined;
  readonly lastSucceeded: MirrorRun | undefined;
  /** The last that looked at everything there; `held` is what it found. */
  readonly lastCompleted: MirrorRun | undefined;
  /**
   * Everything up to then is there, of every source; undefined as long as some source has a good backup and no copy,
   * or nothing was backed up.
   */
  readonly upTo: Instant | undefined;
  /** Good backups that are not there yet, and the bytes they stored. */
  readonly behind: { readonly runs: number; readonly bytes: number };
}

/** The copies elsewhere: kept up to date after every backup, and known by what was seen there. */
export class OffSite {
  readonly #options: OffSiteOptions;
  readonly book: MirrorBook;
  readonly recurring: Recurring;

  constructor(options: OffSiteOptions) {
    this.#options = options;
    this.book = new MirrorBook(options.database);
    options.jobs.define(new MirrorJob({ ...options, book: this.book }));
    this.recurring = new Recurring({
      everyMs: lookEveryMs,
      clock: options.clock,
      log: options.log,
      failure: 'copies off site cannot be requested',
      turn: () => this.request('behind'),
    });
  }

  get settings(): readonly OffSiteSettings[] {
    return this.#options.settings;
  }

  /** The settings of the off-site repository of that name. */
  named(name: string): OffSiteSettings {
    const found = this.settings.find((each) => each.name === name);
    if (found !== undefined) return found;
    const names = this.settings.map((each) => each.name);
    throw new NotFoundError(`off-site repository called ${name}`, {
      advice:
        names.length === 0
          ? 'None is configured: see "offsite" in the operator guide.'
          : `There is ${names.join(', ')}.`,
    });
  }

  /** Puts a mirror job in the queue for every repository that is behind; what is queued already stays there once. */
  async request(reason: string): Promise<void> {
    for (const { name } of this.settings) {
      await this.book.know(name, instant(this.#options.clock.now()));
      const { behind, lastSucceeded } = await this.state(name);
      if (behind.runs === 0 && (lastSucceeded !== undefined || !(await this.#hasBackups()))) continue;
      await this.#options.jobs.enqueue(mirrorRequest({ repository: name, reason }));
    }
  }

  /**
   * For somebody who asks with wishes of his own: what waits in the queue gives way, so that he does not wait for
   * its attempts. With `alone` what runs is waited for, because it does not know the wishes.
   */
  async makeWay(name: string, options: { readonly alone: boolean }): Promise<void> {
    const { jobs } = this.#options;
    for (const job of await jobs.list({ kind: 'mirror', states: ['queued', 'running'] })) {
      if ((job.payload as MirrorPayload).repository !== name) continue;
      if (job.state === 'queued') await jobs.cancel(job.id);
      else if (options.alone) await jobs.finish(job.id);
    }
  }

  /** What waits to be tried again gives way: who asks now may have mended what it failed for. */
  async dropRetries(name: string): Promise<void> {
    const { jobs } = this.#options;
    for (const job of await jobs.list({ kind: 'mirror', states: ['queued'] })) {
      const { repository } = job.payload as MirrorPayload;
      if (repository === name && job.attempts > 0) await jobs.cancel(job.id);
    }
  }

  /** Opens the copy itself with the repository password, whether the primary is still there or not; its user closes it. */
  async open(name: string, signal?: AbortSignal): Promise<Repository> {
    const password = await this.#password();
    const storage = await new OffSitePlace(this.named(name)).open(signal);
    try {
      const { Repository } = await import('@octobox/repository/store');
      return await Repository.open(storage, { password, signal });
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  async #password(): Promise<string> {
    const { passwordFile } = this.#options;
    const text = await readFile(passwordFile, 'utf8').catch((cause: unknown) => {
      throw new ServerError('server.repository', `the password file ${passwordFile} cannot be read`, {
        cause,
        advice: 'Put it back from where you keep a copy: without it no backup can be read.',
      });
    });
    return text.replace(/[\r\n]+$/, '');
  }

  /** Of each source, by its id, what is known of it at each place. */
  async ofSources(): Promise<(sourceId: string) => SourceOffSite[]> {
    const places = await Promise.all(
      this.settings.map(async (settings) => ({
        settings,
        since: await this.book.knownSince(settings.name),
        copies: await this.#copies(settings.name),
        lastEnded: await this.#lastEnded(settings.name),
      })),
    );
    return (sourceId) => places.map(({ copies, ...place }) => ({ ...place, copy: copies.get(sourceId) }));
  }

  async #copies(repository: string): Promise<ReadonlyMap<string, OffSiteCopy>> {
    return new Map((await this.book.copies(repository)).map((copy) => [copy.sourceId, copy]));
  }

  async states(): Promise<OffSiteState[]> {
    return await Promise.all(this.settings.map(({ name }) => this.state(name)));
  }

  async state(name: string): Promise<OffSiteState> {
    const settings = this.named(name);
    const copies = await this.#copies(name);
    const { catalog, runs: book } = this.#options;
    const newest = await book.lastGoodOf((await catalog.sources()).map(({ id }) => id));
    const points: (Instant | undefined)[] = [];
    let [runs, bytes] = [0, 0];
    for (const [sourceId, { recoveryPointAt = '' }] of newest) {
      const copied = copies.get(sourceId)?.recoveryPointAt;
      points.push(copied);
      if (recoveryPointAt <= (copied ?? '')) continue;
      for (const run of await book.list({ sourceId, state: 'succeeded', limit: mostBehind })) {
        if (run.suspect || (run.recoveryPointAt ?? '') <= (copied ?? '')) continue;
        runs++;
        bytes += run.bytesStored ?? 0;
      }
    }
    const [lastSucceeded] = await this.book.runs({ repository: name, states: ['succeeded'], limit: 1 });
    const [lastCompleted] = await this.book.runs({ repository: name, states: completed, limit: 1 });
    return {
      settings,
      lastEnded: await this.#lastEnded(name),
      lastSucceeded,
      lastCompleted,
      upTo: points.includes(undefined) ? undefined : points.filter((at) => at !== undefined).sort()[0],
      behind: { runs, bytes },
    };
  }

  /** What waits there for a person, by what the newest run found. */
  async waiting(name: string, reader?: Reader): Promise<Waiting> {
    const { name: repository } = this.named(name);
    const [lastEnded] = await this.book.runs({ repository, states: ended, limit: 1 }, reader);
    if (lastEnded?.failure?.code === 'repository.mirror-gone') {
      const { message } = lastEnded.failure;
      return {
        what: 'gone',
        plan: planOf(repository, 'gone', message),
        message,
        seenAt: lastEnded.finishedAt,
      };
    }
    const [last] = await this.book.runs({ repository, states: completed, limit: 1 }, reader);
    if (last?.loss === undefined) return { what: 'nothing' };
    return {
      what: 'loss',
      plan: planOf(repository, 'loss', last.loss.id),
      loss: last.loss,
      seenAt: last.finishedAt,
    };
  }

  async #lastEnded(repository: string): Promise<MirrorRun | undefined> {
    return (await this.book.runs({ repository, states: ended, limit: 1 }))[0];
  }

  async #hasBackups(): Promise<boolean> {
    return (await this.#options.runs.list({ limit: 50 })).some(({ state }) => state === 'succeeded');
  }
}
