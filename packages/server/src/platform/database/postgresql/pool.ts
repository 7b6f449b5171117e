import type { PostgresqlLocation } from '@octobox/sources';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient, type QueryConfig } from 'pg';
import { type Connecting, prepareSession } from './connecting.ts';
import { explainPostgresql, isLost } from './errors.ts';
import { answerMilliseconds, storable } from './statement.ts';

/** A process changes one thing at a time. */
const mostConnections = 2;
const idleMilliseconds = 60_000;

/** Connections for what changes something; what breaks one is said with advice, and the next use makes a new one. */
export class PostgresqlPool implements PostgresPool {
  readonly options = {};
  readonly #location: PostgresqlLocation;
  readonly #pool: Pool;
  #answerMilliseconds: number | undefined;

  constructor({ location, config }: Pick<Connecting, 'location' | 'config'>) {
    this.#location = location;
    this.#pool = new Pool({
      ...config,
      max: mostConnections,
      idleTimeoutMillis: idleMilliseconds,
      onConnect: prepareSession,
    });
    // An idle connection that breaks is gone from the pool; whoever needs one gets a new one, or its error.
    this.#pool.on('error', () => undefined);
  }

  /** From now on a statement that is not answered soon counts as lost. */
  expectAnswers(): void {
    this.#answerMilliseconds = answerMilliseconds;
  }

  async connect(): Promise<PostgresPoolClient> {
    try {
      return new Connection(await this.#pool.connect(), this.#location, this.#answerMilliseconds);
    } catch (error) {
      throw explainPostgresql(error, this.#location);
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection that is lent out. After it broke each use says so at once, and it does not go back. */
class Connection implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #location: PostgresqlLocation;
  readonly #answerMilliseconds: number | undefined;
  #broken: unknown;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #onError = (error: unknown): void => {
    this.#broken ??= error;
  };

  constructor(client: PoolClient, location: PostgresqlLocation, answerMilliseconds: number | undefined) {
    this.#client = client;
    this.#location = location;
    this.#answerMilliseconds = answerMilliseconds;
    client.on('error', this.#onError);
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new TypeError('no cursor is used here');
    // Those that are begun together run one after the other.
    const mine = this.#turn.then(() => this.#query<R>(text, values));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      if (this.#broken !== undefined) throw this.#broken;
      const query: QueryConfig & { query_timeout?: number } = {
        text,
        values: values.map(storable),
        ...(this.#answerMilliseconds === undefined ? {} : { query_timeout: this.#answerMilliseconds }),
      };
      return allRows((await this.#client.query(query)) as unknown as Answer<R>);
    } catch (error) {
      if (isLost(error)) this.#broken ??= error;
      throw explainPostgresql(error, this.#location);
    }
  }

  release(destroy = false): void {
    this.#client.off('error', this.#onError);
    this.#client.release(destroy || this.#broken !== undefined);
  }
}

type Answer<R> = PostgresQueryResult<R> | PostgresQueryResult<R>[];

/** A text of several statements gives an answer for each: these are made one of the rows of all. */
function allRows<R>(answer: Answer<R>): PostgresQueryResult<R> {
  if (!Array.isArray(answer)) return answer;
  const rows = answer.flatMap((each) => each.rows);
  return { command: 'SELECT', rowCount: rows.length, rows };
}
