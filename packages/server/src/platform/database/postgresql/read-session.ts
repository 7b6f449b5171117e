import type { Client, QueryConfig, QueryResult } from 'pg';
import { isLost } from './errors.ts';
import { answerMilliseconds, storable } from './statement.ts';

/** Nobody waits behind a read that takes longer, unless there is no other session. */
const slowMilliseconds = 20;
const idleMilliseconds = 60_000;

export interface Statement {
  /** Prepared under this name; without one it is parsed each time. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A session that takes reads before those ahead of them are answered, and answers them in their order. */
export class ReadSession {
  readonly #client: Client;
  /** When each of those that are not answered was sent; milliseconds of `performance.now`. */
  readonly #sent: number[] = [];
  readonly #idle: NodeJS.Timeout;
  readonly #onEnd: () => void;
  #isGathering = false;

  /**
   * @param client in pipeline mode, connected
   * @param onEnd it takes no more: it was idle for a minute, or is broken; called once
   */
  constructor(client: Client, onEnd: () => void) {
    let isOver = false;
    this.#client = client;
    this.#onEnd = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(this.#idle);
      onEnd();
    };
    client.on('error', this.#onEnd).on('end', this.#onEnd);
    this.#idle = setTimeout(() => void this.close(), idleMilliseconds).unref();
  }

  get waiting(): number {
    return this.#sent.length;
  }

  isSlow(now: number): boolean {
    const [oldest = now] = this.#sent;
    return now - oldest > slowMilliseconds;
  }

  async ask<Row>({ name, text, values }: Statement): Promise<Row[]> {
    const query: QueryConfig & { query_timeout: number } = {
      ...{ text, values: values.map(storable), query_timeout: answerMilliseconds },
      ...(name === undefined ? {} : { name }),
    };
    this.#sent.push(performance.now());
    this.#together();
    try {
      const { rows } = await new Promise<QueryResult>((answered, failed) => {
        this.#client.query(query, (error: Error | null, result) =>
          error ? failed(error) : answered(result),
        );
      });
      return rows as Row[];
    } catch (error) {
      if (isLost(error) || isOutdated(error)) void this.close();
      throw error;
    } finally {
      this.#sent.shift();
      this.#idle.refresh();
    }
  }

  /** What is asked in one turn of the loop goes out by one system call. */
  #together(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }

  /** Ends when those that are under way are answered. */
  async close(): Promise<void> {
    this.#onEnd();
    await this.#client.end();
  }
}

/** The schema was changed, by another node, since the session prepared a statement; asked anew it is prepared anew. */
export const isOutdated = (error: unknown): boolean =>
  (error as { code?: unknown }).code === '0A000' && /cached plan/.test((error as Error).message);
