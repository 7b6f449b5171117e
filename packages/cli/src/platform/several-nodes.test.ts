import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StatusReport } from '@octobox/server';
import { startPostgres } from '@octobox/sources/testing';
import pg from 'pg';
import { jsonLines, Workshop } from '../testing/octobox.ts';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));
const sources = ['accounts', 'mail', 'shop', 'wiki'];
const bytesOfSource = 32 << 20;
const patienceMs = 120_000;

type Cluster = Awaited<ReturnType<typeof startPostgres>>;

/** The way of one node to the database, which can be cut. */
class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((node) => {
    if (this.#cut) return void node.destroy();
    const database = connect(this.#port, this.#host);
    for (const [socket, other] of [
      [node, database],
      [database, node],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(socket));
    }
  });
  readonly #host: string;
  readonly #port: number;
  #cut = false;

  constructor({ host, port }: { host: string; port: number }) {
    this.#host = host;
    this.#port = port;
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

/** One `octobox serve` with a data folder and a line of its own; the repository is everybody's. */
class Node {
  readonly line: Line;
  readonly child: ChildProcess;
  readonly url: string;
  /** What its page answered: the status, or why there was no answer. */
  readonly answers: (number | string)[] = [];
  #polling = true;

  private constructor(parts: { line: Line; child: ChildProcess; url: string }) {
    this.line = parts.line;
    this.child = parts.child;
    this.url = parts.url;
    void this.#poll();
  }

  static async start(shop: Workshop, server: Cluster, name: string): Promise<Node> {
    const line = new Line(server);
    const port = await line.open();
    const child = spawn(process.execPath, [entry, 'serve', '--json', '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HOME: shop.at('home'), ...environment(shop, server, name, port) },
    });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until('a node has started', async () => said.includes('\n'));
    const [started] = jsonLines(said);
    return new Node({ line, child, url: String(started?.url) });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  async kill(): Promise<void> {
    this.#polling = false;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Its exit code when it was asked to end. */
  async end(): Promise<number | null> {
    this.#polling = false;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = (await gone) as [number | null];
    this.line.close();
    return code;
  }

  async #poll(): Promise<void> {
    while (this.#polling) {
      const answer = await fetch(`${this.url}/status.json`, { signal: AbortSignal.timeout(30_000) })
        .then((response) => response.status)
        .catch((error: Error) => error.message);
      if (this.#polling) this.answers.push(answer);
      await delay(250);
    }
  }
}

function environment(shop: Workshop, server: Cluster, name: string, port: number): Record<string, string> {
  const address = server
    .location('postgres')
    .replace('@', `:${encodeURIComponent(server.password)}@`)
    .replace(/:\d+\//, `:${port}/`);
  return {
    DATABASE_URL: address,
    OCTOBOX_DATA: shop.at(name),
    OCTOBOX_CONFIG: shop.at('octobox.yaml'),
    OCTOBOX_LAYERS: 'none',
    RESTIC_REPOSITORY: shop.at('repository'),
    RESTIC_PASSWORD_FILE: shop.at('password'),
  };
}

async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await reached())) {
    if (Date.now() > end) throw new Error(`it did not come to pass that ${what}`);
    await delay(20);
  }
}

describe('three nodes on one PostgreSQL', { timeout: 2 * patienceMs }, () => {
  let server: Cluster;
  let shop: Workshop;
  const nodes: Node[] = [];
  before(async () => {
    [server, shop] = await Promise.all([startPostgres(), Workshop.open()]);
    await writeFile(shop.at('octobox.yaml'), 'jobs: { lease: 10s }\nmonitoring: { interval: 5s }\n');
    await writeFile(shop.at('password'), 'of everybody\n', { mode: 0o600 });
    for (const name of sources) {
      await mkdir(shop.at(name));
      await writeFile(shop.at(name, 'data'), randomBytes(bytesOfSource));
      const protect = ['protect', shop.at(name), '--name', name];
      const { code, stderr } = await shop.run(protect, {
        env: environment(shop, server, 'first', server.port),
      });
      assert.equal(code, 0, stderr);
    }
  });
  after(async () => {
    for (const node of nodes) {
      if (node.child.exitCode === null && node.child.signalCode === null) await node.kill();
      node.line.close();
    }
    await shop[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const ask = async <T>(query: string): Promise<T[]> => {
    const client = new pg.Client(server.connection('postgres'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (
        ((await client.query(`set search_path to octobox; ${query}`)) as unknown as { rows: T[] }[])[1]
          ?.rows ?? []
      );
    } finally {
      await client.end();
    }
  };
  const running = (kind: string) =>
    ask<{ id: number; pid: number }>(
      `select id::integer, split_part(lease_owner, '-', 1)::integer as pid from jobs where state = 'running' and kind = '${kind}'`,
    );
  const living = (): Node[] => nodes.filter(({ child }) => child.signalCode === null);
  /** A node in the middle of a job of that kind. */
  const busyNode = async (kind: string, but: readonly Node[] = []): Promise<Node> => {
    let busy: Node | undefined;
    await until(`a node is in the middle of a ${kind}`, async () => {
      const owners = (await running(kind)).map(({ pid }) => pid);
      busy = nodes.find((node) => !but.includes(node) && owners.includes(node.pid ?? 0));
      return busy !== undefined;
    });
    return busy as Node;
  };
  const ended = (kind: string) =>
    ask<{ id: number; state: string; attempts: number }>(
      `select id::integer, state, attempts::integer from jobs where kind = '${kind}' and finished_at is not null order by id`,
    );

  it('end every due job once, though one is killed, one cut off, and the database starts again', async () => {
    nodes.push(...(await Promise.all(['one', 'two', 'three'].map((name) => Node.start(shop, server, name)))));

    const killed = await busyNode('backup');
    await killed.kill();

    const cut = await busyNode('backup', [killed]);
    cut.line.cut();
    await delay(8_000);
    cut.line.mend();
    const third = nodes.find((node) => node !== killed && node !== cut) as Node;
    assert.deepEqual(new Set(third.answers), new Set([200]), 'the page of a node with nothing amiss');

    await busyNode('drill', [killed]);
    await server.stop();
    await delay(1_000);
    await server.start();

    await until('every source was backed up and rehearsed', async () => {
      const [backups, drills] = [await ended('backup'), await ended('drill')];
      return backups.length >= sources.length && drills.length >= sources.length;
    });
    for (const kind of ['backup', 'drill']) {
      const states = (await ended(kind)).map(({ state }) => state);
      assert.deepEqual(
        states,
        sources.map(() => 'succeeded'),
        kind,
      );
    }
  });

  it('have one good run and one passed drill of each job, and none that goes on', async () => {
    const runs = await ask<{ job_id: string; good: number; open: number }>(
      `select job_id, count(*) filter (where state = 'succeeded')::integer as good,
        count(*) filter (where state = 'running')::integer as open from runs group by job_id`,
    );
    assert.equal(runs.length, sources.length);
    for (const { good, open } of runs) assert.deepEqual({ good, open }, { good: 1, open: 0 });
    const drills = await ask<{ job_id: string; good: number; open: number }>(
      `select job_id, count(*) filter (where state = 'passed')::integer as good,
        count(*) filter (where state = 'running')::integer as open from drills group by job_id`,
    );
    assert.equal(drills.length, sources.length);
    for (const { good, open } of drills) assert.deepEqual({ good, open }, { good: 1, open: 0 });
  });

  it('never had two runs of a source at a time', async () => {
    const [{ overlapping } = { overlapping: -1 }] = await ask<{ overlapping: number }>(
      `select count(*)::integer as overlapping from runs a join runs b
        on a.source_id = b.source_id and a.id < b.id and b.started_at < a.finished_at`,
    );
    assert.equal(overlapping, 0);
  });

  it('answered every reader, with the page or with the word that it is away for a moment', async () => {
    for (const { answers } of nodes) {
      assert.deepEqual(
        answers.filter((answer) => answer !== 200 && answer !== 503),
        [],
      );
    }
    await until('both that live show their page again', async () =>
      living().every(({ answers }) => answers.at(-1) === 200),
    );
  });

  it('end when they are asked to, and leave a repository without a fault', async () => {
    for (const node of living()) assert.equal(await node.end(), 0);
    const env = { RESTIC_REPOSITORY: shop.at('repository'), RESTIC_PASSWORD_FILE: shop.at('password') };
    const check = await shop.run(['check', '--read-data'], { env });
    assert.equal(check.code, 0, check.stdout + check.stderr);
  });
});

describe('the two roles on one machine', { timeout: patienceMs }, () => {
  it('the web role shows what the worker does, and does none of it', async () => {
    await using shop = await Workshop.open();
    const env = { OCTOBOX_LAYERS: 'none', OCTOBOX_LISTEN: '127.0.0.1:0' };
    await shop.folderFor('www');
    await writeFile(shop.at('www', 'index.html'), 'welcome');
    assert.equal((await shop.run(['protect', shop.at('www')], { env })).code, 0);

    const web = shop.start(['serve', '--role', 'web', '--json'], { env });
    const [line] = (await once(web.child.stdout as NonNullable<typeof web.child.stdout>, 'data')) as [string];
    const [{ url, role } = {}] = jsonLines(line);
    assert.equal(role, 'web');
    const watching = async () => (await fetch(`${url}/healthz`)).status;
    assert.equal(await watching(), 503, 'nobody watches yet');

    const worker = shop.start(['serve', '--role', 'worker', '--json'], { env });
    await until('the page says that somebody watches', async () => (await watching()) === 200);
    await until('the page shows that a restore was rehearsed', async () => {
      const { services } = (await (await fetch(`${url}/status.json`)).json()) as StatusReport;
      const promises = services.flatMap((service) => service.promises);
      return promises.some(({ kind, state }) => kind === 'restore-rehearsed' && state === 'kept');
    });
    for (const { child } of [web, worker]) child.kill('SIGTERM');
    const [ofWeb, ofWorker] = await Promise.all([web.ended, worker.ended]);
    assert.deepEqual([ofWeb.code, ofWorker.code], [0, 0]);
    assert.equal(jsonLines(ofWorker.stdout)[0]?.url, undefined);
    assert.doesNotMatch(ofWeb.stderr, /backup began/);
    assert.match(ofWorker.stderr, /backup began/);
  });
});
