import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Client } from 'pg';
import { type Connecting, openSession } from './connecting.ts';
import { explainPostgresql } from './errors.ts';
import { KeptStatements } from './kept-statements.ts';
import { isOutdated, ReadSession, type Statement } from './read-session.ts';

const mostSessions = 8;
/** With so many unanswered ones in each another session is opened. */
const enoughWaiting = 2;

/**
 * Reads of PostgreSQL. They belong to no transaction, so that several share a session, and each is sent before those ahead of
 * it are answered: a third of the processor time that a pool takes to lend sessions out.
 */
export class PostgresqlReads implements Driver, DatabaseConnection {
  readonly #connecting: Connecting;
  readonly #statements = new KeptStatements();
  #sessions: readonly ReadSession[] = [];
  #opening: Promise<ReadSession> | undefined;
  #isOver = false;

  constructor(connecting: Connecting) {
    this.#connecting = connecting;
    this.#take(connecting.first);
  }

  async executeQuery<R>({ sql, parameters: values }: CompiledQuery): Promise<QueryResult<R>> {
    const kept = this.#statements.of(sql);
    try {
      if (kept === undefined) return { rows: await this.#ask<R>({ text: sql, values }) };
      const [only] = await this.#ask<{ rows: string }>({ ...kept, values });
      return { rows: JSON.parse(only?.rows ?? '[]') };
    } catch (error) {
      throw explainPostgresql(error, this.#connecting.location);
    }
  }

  async #ask<R>(statement: Statement): Promise<R[]> {
    const session = this.#ready() ?? (await this.#another());
    try {
      return await session.ask<R>(statement);
    } catch (error) {
      if (!isOutdated(error)) throw error;
      return await (await this.#open()).ask<R>(statement);
    }
  }

  /** The one with the fewest ahead; none while all are held up by something slow and there may be one more. */
  #ready(): ReadSession | undefined {
    const now = performance.now();
    let best: ReadSession | undefined;
    for (const session of this.#sessions) {
      if (!session.isSlow(now) && session.waiting < (best?.waiting ?? Number.POSITIVE_INFINITY))
        best = session;
    }
    if (this.#sessions.length >= mostSessions) return best ?? this.#sessions[0];
    // Whoever came now need not wait for it.
    if (best !== undefined && best.waiting >= enoughWaiting) this.#open().catch(() => undefined);
    return best;
  }

  /** One more, or, where that cannot be had, one that is held up. */
  async #another(): Promise<ReadSession> {
    try {
      return await this.#open();
    } catch (error) {
      const [busy] = this.#sessions;
      if (busy === undefined) throw error;
      return busy;
    }
  }

  /** One at a time: whoever comes meanwhile waits for the same. */
  async #open(): Promise<ReadSession> {
    this.#opening ??= openSession(this.#connecting.config)
      .then((client) => this.#take(client))
      .finally(() => {
        this.#opening = undefined;
      });
    return await this.#opening;
  }

  #take(client: Client): ReadSession {
    const session: ReadSession = new ReadSession(client, () => {
      this.#sessions = this.#sessions.filter((one) => one !== session);
    });
    if (this.#isOver) void session.close();
    else this.#sessions = [...this.#sessions, session];
    return session;
  }

  /** Ends when what is under way is answered. */
  async destroy(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#sessions.map((session) => session.close()));
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this;
  }

  async releaseConnection(): Promise<void> {}

  beginTransaction = noTransaction;
  commitTransaction = noTransaction;
  rollbackTransaction = noTransaction;

  // biome-ignore lint/correctness/useYield: nothing is streamed
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new TypeError('no cursor is used here');
  }
}

async function noTransaction(): Promise<never> {
  throw new TypeError('what is read belongs to no transaction');
}
