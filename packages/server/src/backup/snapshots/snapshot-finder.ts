import { RepositoryError } from '@octobox/repository/errors';
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
  readonly signal: AbortSignal;
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
  async find(query: FindQuery): Promise<{ readonly found: FoundEntry[]; readonly next?: FindPlace }> {
    const ends = Date.now() + searchMs;
    const found: FoundEntry[] = [];
    let passed: number | undefined;
    for await (const { run, snapshotId, after } of this.#stored(query)) {
      if (passed !== undefined && (found.length >= query.limit || Date.now() > ends))
        return { found, next: { runId: passed } };
      const page = await this.#look(snapshotId, after, query, query.limit - found.length);
      for (const entry of page.entries) found.push({ ...entry, run });
      if (page.next !== undefined) return { found, next: { runId: run.id, after: page.next } };
      passed = run.id;
    }
    return { found };
  }

  /** Runs whose snapshots the repository still has: retention removed most of the old ones. */
  async *#stored({ sourceId, from, signal }: FindQuery) {
    const stored = await this.#browser.stored(signal);
    if (from?.after !== undefined) {
      const run = await this.#runs.get(from.runId);
      if (run?.sourceId === sourceId && run.snapshotId !== undefined && stored.has(run.snapshotId))
        yield { run, snapshotId: run.snapshotId, after: from.after };
    }
    for (let beforeId = from?.runId; ; ) {
      const filter = { sourceId, state: 'succeeded', limit: runsAtOnce } as const;
      const runs = await this.#runs.list({ ...filter, ...(beforeId === undefined ? {} : { beforeId }) });
      for (const run of runs) {
        const { snapshotId } = run;
        if (snapshotId !== undefined && stored.has(snapshotId)) yield { run, snapshotId, after: undefined };
      }
      beforeId = runs.at(-1)?.id;
      if (runs.length < runsAtOnce) return;
      signal.throwIfAborted();
    }
  }

  /** Nothing of a snapshot that has no such folder, or that was removed a moment ago. */
  async #look(
    snapshotId: string,
    after: Buffer | undefined,
    { folder: path, matches, signal }: FindQuery,
    limit: number,
  ) {
    try {
      return await this.#browser.search(snapshotId, { path, matches, limit, after, signal });
    } catch (error) {
      if (error instanceof RepositoryError && hasNothing.includes(error.code))
        return { entries: [], next: undefined };
      throw error;
    }
  }
}

const hasNothing: readonly string[] = [
  'repository.snapshot-missing',
  'repository.not-in-snapshot',
  'repository.not-a-folder',
];
