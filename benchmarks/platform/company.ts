import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { HistoryDatabase } from './database.ts';
import { Server, type Serving } from './server.ts';

const launcher = resolve(import.meta.dirname, '../../octobox');
const services = ['Shop', 'Mail', 'Wiki', 'Accounts'];
const sourcesOfEach = 3;
const patienceMs = 300_000;

/** A platform that protects something, with an owner who made a key. */
export interface Company extends Serving {
  readonly consoleUrl: string;
  /** A key with all scopes that only look. */
  readonly key: string;
  /** The owner is signed in. */
  readonly cookie: string;
}

/** Protects small folders, backs each up and rehearses it once, and signs its owner in. */
export async function foundCompany(options: {
  readonly root: string;
  readonly database: HistoryDatabase;
}): Promise<Company> {
  const { root, database } = options;
  const [page, console] = [await freePort(), await freePort()];
  const data = join(root, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  // The benchmark is one caller, and asks more than one caller may.
  await writeFile(join(data, 'octobox.yaml'), 'api: { requestsPerSecond: 100000, burst: 100000 }\n');
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: root,
    OCTOBOX_DATA: data,
    OCTOBOX_LAYERS: 'none',
    OCTOBOX_LISTEN: `127.0.0.1:${page}`,
    OCTOBOX_CONSOLE_LISTEN: `127.0.0.1:${console}`,
    OCTOBOX_LOG_LEVEL: 'warn',
    ...database.environment,
  };
  for (const service of services) {
    const folders = Array.from({ length: sourcesOfEach }, (_, at) =>
      join(root, 'www', service, `site ${at + 1}`),
    );
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'index.html'), `<h1>${service}</h1>`);
    }
    await promisify(execFile)(launcher, ['protect', '--name', service, ...folders], { env: environment });
  }
  const company = {
    environment,
    pageUrl: `http://127.0.0.1:${page}/`,
    consoleUrl: `http://127.0.0.1:${console}`,
  };
  await using _ = await Server.start(company);
  await whenRehearsed(database);
  const owner = new Owner(company.consoleUrl);
  await owner.setUp((await readFile(join(data, 'set-up-link'), 'utf8')).trim());
  const key = await owner.makeKey();
  return { ...company, key, cookie: owner.cookie };
}

/** Its servers write V8's profile of themselves into a folder when they end. */
export function profiled(company: Company, folder: string | undefined): Company {
  if (folder === undefined) return company;
  const NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${resolve(folder)}`;
  return { ...company, environment: { ...company.environment, NODE_OPTIONS } };
}

/** The same, answering elsewhere: two servers share it. */
export async function elsewhere(company: Company): Promise<Company> {
  const [page, console] = [await freePort(), await freePort()];
  return {
    ...company,
    environment: {
      ...company.environment,
      OCTOBOX_LISTEN: `127.0.0.1:${page}`,
      OCTOBOX_CONSOLE_LISTEN: `127.0.0.1:${console}`,
    },
    pageUrl: `http://127.0.0.1:${page}/`,
    consoleUrl: `http://127.0.0.1:${console}`,
  };
}

/** The first start does what was never done. */
async function whenRehearsed(database: HistoryDatabase): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const [row] = await database.first(
      "select count(distinct source_id) as done from drills where state = 'passed'",
    );
    if (Number(row?.done) === services.length * sourcesOfEach) return;
    if (performance.now() > until) throw new Error('the first backups and drills do not end');
    await sleep(200);
  }
}

/** A browser, as far as the console's own forms need one. */
class Owner {
  cookie = '';
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async setUp(link: string): Promise<void> {
    await this.#page(new URL(link).pathname, [
      ['organisation', 'Engines Ltd'],
      ['name', 'Ada Lovelace'],
      ['email', 'ada@example.com'],
      ['password', 'three owls & a canary-77'],
    ]);
  }

  async makeKey(): Promise<string> {
    const offered = [...(await this.#page('/keys')).matchAll(/name="scope" value="([a-z.]+\.read)"/g)];
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const shown = await this.#page('/keys', [
      ['name', 'a benchmark'],
      ['until', until],
      ...offered.map(([, scope = '']) => ['scope', scope] as const),
    ]);
    const [key] = /octobox_[A-Za-z0-9_-]{43}/.exec(shown) ?? [];
    if (key === undefined) throw new Error('the console made no key');
    return key;
  }

  async #page(path: string, form?: readonly (readonly [string, string])[]): Promise<string> {
    const body =
      form === undefined
        ? {}
        : { method: 'POST', body: new URLSearchParams(form.map((field) => [...field])) };
    const response = await fetch(this.#url + path, {
      redirect: 'manual',
      headers: { cookie: this.cookie, origin: this.#url },
      ...body,
    });
    for (const set of response.headers.getSetCookie()) this.cookie = set.split(';')[0] ?? '';
    return await response.text();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
