import { DamagedFileError, RepositoryError } from '@octobox/repository/errors';
import type { Instant } from '../../platform/index.ts';
import type { Run } from '../run.ts';
import type { Runs } from '../runs.ts';
import type { NameMatcher } from './name-matcher.ts';
import type { SnapshotBrowser, SnapshotEntry } from './snapshot-browser.ts';

interface FoundEntry extends SnapshotEntry {
  /** That took the snapshot. */
  readonly run: Run;
}

/** Where a search goes on: in the snapshot of this run behind a path, or without one in those before it. */
export interface FindPlace {
  readonly runId: number;
  readonly after?: Buffer;
}

interface FindQuery {
  readonly sourceId: string;
  readonly folder: Buffer;
  readonly matches: NameMatcher;
  readonly limit: number;
  readonly from?: FindPlace | undefined;
  /** Only snapshots whose runs began between these, themselves included. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly signal: AbortSignal;
}

interface Found {
  readonly found: FoundEntry[];
  readonly next?: FindPlace;
  /** Looked through to its end, the newest first. */
  readonly searched: readonly Run[];
  /** Not looked through to their end, because they are damaged. */
  readonly unreadable: readonly Run[];
  /** How many there are to look through, told at the beginning alone. */
  readonly snapshots?: number;
}

/** No snapshot is begun later; each has as long again. */
const searchMs = 2_000;
const runsAtOnce = 200;

/** What has a certain name in any snapshot of a source, the newest snapshot first, a page at a time. */
export class SnapshotFinder {
  readonly #runs: Pick<Runs, 'get' | 'list'>;
  readonly #browser: SnapshotBrowser;

  constructor({ runs, browser }: { runs: Pick<Runs, 'get' | 'list'>; browser: SnapshotBrowser }) {
    this.#runs = runs;
    this.#browser = browser;
  }

  /** A page may have fewer entries than there are further on. */
  async find(query: FindQuery): Promise<Found> {
    const ends = Date.now() + searchMs;
    const found: FoundEntry[] = [];
    const searched: Run[] = [];
    const unreadable: Run[] = [];
    let passed: Run | undefined;
    const told = {
      ...{ found, searched, unreadable },
      ...(query.from === undefined ? { snapshots: await this.#count(query) } : {}),
    };
    for await (const { run, snapshotId, after } of this.#stored(query)) {
      if (passed !== undefined && (found.length >= query.limit || Date.now() > ends))
        return { ...told, next: { runId: passed.id } };
      const page = await this.#look(snapshotId, after, query, query.limit - found.length);
      for (const entry of page.entries) found.push({ ...entry, run });
      if (page.next !== undefined) return { ...told, next: { runId: run.id, after: page.next } };
      (page.isDamaged ? unreadable : searched).push(run);
      passed = run;
    }
    return told;
  }

  async #count(query: FindQuery): Promise<number> {
    let count = 0;
    for await (const _ of this.#stored(query)) count += 1;
    return count;
  }

  /** Runs whose snapshots the repository still has: retention removed most of the old ones. */
  async *#stored({ sourceId, from, since, until, signal }: FindQuery) {
    const stored = await this.#browser.stored(signal);
    if (from?.after !== undefined) {
      const run = await this.#runs.get(from.runId);
      if (run?.sourceId === sourceId && run.snapshotId !== undefined && stored.has(run.snapshotId))
        yield { run, snapshotId: run.snapshotId, after: from.after };
    }
    for (let beforeId = from?.runId; ; ) {
      const runs = await this.#runs.list({
        ...{ sourceId, state: 'succeeded', limit: runsAtOnce },
        ...(beforeId === undefined ? {} : { beforeId }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      });
      for (const run of runs) {
        const { snapshotId } = run;
        if (snapshotId !== undefined && stored.has(snapshotId)) yield { run, snapshotId, after: undefined };
      }
      beforeId = runs.at(-1)?.id;
      if (runs.length < runsAtOnce) return;
      signal.throwIfAborted();
    }
  }

  /**
   * Nothing of a snapshot that has no such folder, or that was removed a moment ago. One that is damaged keeps nobody from
   * finding in the others what it has lost.
   */
  async #look(
    snapshotId: string,
    after: Buffer | undefined,
    { folder: path, matches, signal }: FindQuery,
    limit: number,
  ) {
    try {
      const page = await this.#browser.search(snapshotId, { path, matches, limit, after, signal });
      return { ...page, isDamaged: false };
    } catch (error) {
      const isDamaged = isOfOneSnapshot(error);
      if (isDamaged || (error instanceof RepositoryError && hasNothing.includes(error.code)))
        return { entries: [], next: undefined, isDamaged };
      throw error;
    }
  }
}

const hasNothing: readonly string[] = [
  'repository.snapshot-missing',
  'repository.not-in-snapshot',
  'repository.not-a-folder',
];

/** The index is everybody's. */
const isOfOneSnapshot = (error: unknown): boolean =>
  error instanceof DamagedFileError
    ? error.file.kind === 'snapshot' || error.file.kind === 'data'
    : error instanceof RepositoryError &&
      ['repository.blob-missing', 'repository.damaged-tree'].includes(error.code);
