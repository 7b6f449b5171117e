import type { Difference, Node, Repository, Snapshot } from '@octobox/repository';
import { RepositoryError } from '@octobox/repository/errors';
import { ServerError } from '../../platform/index.ts';
import { Resumable } from '../resumable.ts';
import { BarrenFolders } from './barren-folders.ts';

/** Whoever looks around asks again within a minute; after that the index is not worth its memory. */
const idleMs = 60_000;
/** Longer nobody is shown what retention has removed. */
const longestMs = 10 * 60_000;

/** What is opened knows packs that may be gone. */
export class OutdatedIndexError extends ServerError {
  constructor() {
    super('server.repository-slow', 'space was freed in the repository at this very moment', {
      advice: 'Ask again in a minute.',
    });
  }
}

/** An opened repository with its index, and what was found out with it. */
export interface Opened {
  readonly repository: Repository;
  /** Of `performance.now()`, when it was complete. */
  readonly openedAt: number;
  /** Trees of folders by snapshot and path. */
  readonly folders: Map<string, Buffer>;
  readonly snapshots: Map<string, Snapshot>;
  /** Readings of folders that wait for the next page. */
  readonly readings: Resumable<{ readonly path: Buffer; readonly node: Node; readonly isWanted: boolean }>;
  readonly barren: BarrenFolders;
  /** The same of comparisons. */
  readonly comparisons: Resumable<Difference>;
  /** Is small as long as this is open. */
  readonly heap: Disposable;
  users: number;
  over: boolean;
}

/**
 * The platform's repository as those see it who look around in it: opened by the first who asks, together with its
 * index, and closed a minute after the last. It takes no lock, so that nobody who looks around holds up pruning: what was
 * written or moved meanwhile is found by opening it anew, once for each request.
 */
export class HeldRepository {
  readonly #open: (signal: AbortSignal) => Promise<Repository>;
  #held: Promise<Opened> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(open: (signal: AbortSignal) => Promise<Repository>) {
    this.#open = open;
  }

  /** `work` may be called twice, when it fails by what the index that is held does not know. */
  async use<T>(signal: AbortSignal, work: (opened: Opened) => Promise<T>): Promise<T> {
    const askedAt = performance.now();
    const opened = await this.#take(signal);
    // What one that was opened for this request lacks is in no other either.
    const isFresh = opened.openedAt >= askedAt;
    try {
      return await work(opened);
    } catch (error) {
      if (isFresh || !mayBeOutdated(error)) throw error;
      this.#drop(opened);
    } finally {
      this.#give(opened);
    }
    const anew = await this.#take(signal);
    try {
      return await work(anew);
    } finally {
      this.#give(anew);
    }
  }

  /** For what lasts longer than the work that `opened` was given to; call what it gives at the end. */
  keep(opened: Opened): () => void {
    opened.users++;
    return () => this.#give(opened);
  }

  async #take(signal: AbortSignal): Promise<Opened> {
    let opened = await this.#current(signal);
    if (opened.over || performance.now() - opened.openedAt > longestMs) {
      this.#drop(opened);
      opened = await this.#current(signal);
    }
    opened.users++;
    clearTimeout(this.#idle);
    return opened;
  }

  #give(opened: Opened): void {
    opened.users--;
    if (opened.users > 0) return;
    if (opened.over) void close(opened);
    else {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => this.#drop(opened), idleMs).unref();
    }
  }

  /** What is under way goes on to its end. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opened = await this.#held?.catch(() => undefined);
    if (opened !== undefined) this.#drop(opened);
  }

  /** Opening is nobody's own: who comes meanwhile waits for the same, and who goes does not end it for the others. */
  async #current(signal: AbortSignal): Promise<Opened> {
    const held = this.#held ?? this.#begin();
    const gone = new Promise<never>((_, reject) => {
      const left = () => reject(signal.reason);
      if (signal.aborted) left();
      else signal.addEventListener('abort', left, { once: true });
    });
    return await Promise.race([held, gone]);
  }

  #begin(): Promise<Opened> {
    const opening = openWithIndex(this.#open);
    this.#held = opening;
    opening.catch(() => {
      if (this.#held === opening) this.#held = undefined;
    });
    return opening;
  }

  #drop(opened: Opened): void {
    if (!opened.over) this.#held = undefined;
    opened.over = true;
    if (opened.users === 0) void close(opened);
  }
}

/** A repository that is far away is tried for so long. */
const openWithinMs = 60_000;

async function openWithIndex(open: (signal: AbortSignal) => Promise<Repository>): Promise<Opened> {
  const signal = AbortSignal.timeout(openWithinMs);
  const { holdHeapSmall } = await import('@octobox/repository/memory');
  using resources = new DisposableStack();
  resources.use(holdHeapSmall());
  const repository = await open(signal);
  try {
    await repository.loadIndex({ signal });
  } catch (error) {
    await repository.close();
    throw error;
  }
  const heap = resources.move();
  return {
    heap,
    ...{ repository, openedAt: performance.now(), users: 0, over: false },
    ...{
      folders: new Map(),
      snapshots: new Map(),
      readings: new Resumable(),
      barren: new BarrenFolders(),
      comparisons: new Resumable(),
    },
  };
}

async function close(opened: Opened): Promise<void> {
  opened.readings.end();
  opened.comparisons.end();
  // Nobody waits for it, and nothing is lost with it.
  await opened.repository.close().catch(() => {});
  opened.heap[Symbol.dispose]();
}

const mayBeOutdated = (error: unknown): boolean =>
  error instanceof OutdatedIndexError ||
  (error instanceof RepositoryError &&
    ['repository.blob-missing', 'repository.damaged-file', 'repository.snapshot-missing'].includes(
      error.code,
    ));
