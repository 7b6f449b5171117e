/**
 * What the platform itself costs, with 100,000 runs in its database:
 *
 *     node benchmarks/platform.ts [--database sqlite|postgresql] [--runs N] [--reads N] [--starts N] [--only WORD]…
 *                                 [--folder PATH] [--idle SECONDS] [--profile FOLDER] [--keep FOLDER] [--beside CHECKOUT]
 *
 * A real `./octobox serve` over a company with a history: how long until it answers, how much memory it holds when nobody
 * asks, and how many reads a second of its own processor time it answers, for each list of the API and for the public
 * pages. Processor time is that of the server alone, from the kernel, so that other work on the machine changes
 * little; the time on the wall is told beside it. `--only` measures addresses with that word alone. `--profile` writes V8's profile of each
 * server into a folder. `--keep` keeps the company, whose making takes minutes, in a folder for the next run (SQLite alone).
 * `--beside` names a checkout of another version with its packages: both answer the same reads in turns, which says more
 * than two runs when the machine has other work.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Company, elsewhere, foundCompany, profiled } from './platform/company.ts';
import { openDatabase } from './platform/database.ts';
import { writeHistory } from './platform/history.ts';
import { readsOf } from './platform/reads.ts';
import { megabytes, type Read, Server } from './platform/server.ts';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    runs: { type: 'string', default: '100000' },
    reads: { type: 'string', default: '2000' },
    starts: { type: 'string', default: '5' },
    idle: { type: 'string', default: '30' },
    only: { type: 'string', multiple: true, default: [] },
    folder: { type: 'string', default: tmpdir() },
    profile: { type: 'string' },
    keep: { type: 'string' },
    beside: { type: 'string' },
  },
});

const number = (name: 'runs' | 'reads' | 'starts' | 'idle'): number => {
  const given = Number(values[name]);
  if (!Number.isInteger(given) || given < 0) throw new Error(`--${name} is a whole number`);
  return given;
};

const median = (all: readonly number[]): number =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

/** This one, or another checkout, over the same company. */
interface Version {
  readonly company: Company;
  readonly checkout: string | undefined;
}

async function versionsOf(company: Company): Promise<Version[]> {
  const own = { company, checkout: undefined };
  if (values.beside === undefined) return [own];
  return [own, { company: await elsewhere(company), checkout: resolve(values.beside) }];
}

async function measureStarts(versions: readonly Version[]): Promise<void> {
  const all = versions.map((version) => ({ ...version, wall: [] as number[], cpu: [] as number[] }));
  for (let start = 0; start < number('starts'); start++) {
    for (const { company, checkout, wall, cpu } of all) {
      await using server = await Server.start(company, checkout);
      wall.push(server.firstAnswer.wallMs);
      cpu.push(server.firstAnswer.cpuMs);
    }
  }
  if (number('starts') === 0) return;
  for (const { checkout, wall, cpu } of all) {
    console.log(
      `start until the first answer${checkout === undefined ? '' : `, ${checkout}`}: ${Math.round(median(wall))} ms on the wall, ` +
        `${Math.round(median(cpu))} ms of processor time (median of ${wall.length})`,
    );
  }
}

type Asked = { readonly server: Server; readonly reads: readonly Read[] };

async function measureReads(own: Asked, other: Asked | undefined): Promise<void> {
  const [title, line] = other === undefined ? ['', ''] : [' the other version | ratio |', '---|---|'];
  console.log(
    `\n| read | processor time | reads a second of it | answer |${title}\n|---|---|---|---|${line}`,
  );
  for (const [at, { name }] of own.reads.entries()) {
    if (values.only.length > 0 && !values.only.some((word) => name.includes(word))) continue;
    const all = [own, ...(other === undefined ? [] : [other])].map(({ server, reads }) => ({
      server,
      read: reads[at] as Read,
      rounds: [] as number[],
    }));
    let bytes = 0;
    for (const { server, read } of all) bytes = await server.ask(read, Math.min(300, number('reads')));
    for (let round = 0; round < 3; round++) {
      for (const { server, read, rounds } of all) {
        const before = server.cpuMs();
        await server.ask(read, number('reads'));
        rounds.push((server.cpuMs() - before) / number('reads'));
      }
    }
    const [ms = Number.NaN, otherMs] = all.map(({ rounds }) => median(rounds));
    const beside = otherMs === undefined ? '' : ` ${otherMs.toFixed(2)} ms | ${(ms / otherMs).toFixed(2)} |`;
    console.log(`| ${name} | ${ms.toFixed(2)} ms | ${Math.round(1_000 / ms)} | ${bytes} bytes |${beside}`);
  }
}

/** Made anew, or that of an earlier run. */
async function companyIn(root: string): Promise<Company> {
  const kept = join(root, 'company.json');
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const company = await foundCompany({ root, database });
  await writeHistory(database, number('runs'));
  if (values.keep !== undefined) writeFileSync(kept, JSON.stringify(company), { mode: 0o600 });
  return company;
}

if (values.keep !== undefined && values.database !== 'sqlite') throw new Error('--keep is for sqlite');
if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true });
const root = resolve(values.keep ?? mkdtempSync(join(values.folder, 'octobox-platform-')));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.once('exit', () => values.keep === undefined && rmSync(root, { recursive: true, force: true }));

await using database = await openDatabase(values.database, root);
const company = profiled(await companyIn(root), values.profile);
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, ${values.database}, ${number('runs')} runs\n`,
);
const versions = await versionsOf(company);
await measureStarts(versions);
await using started = new AsyncDisposableStack();
const servers: Server[] = [];
for (const version of versions)
  servers.push(started.use(await Server.start(version.company, version.checkout)));
const residents = (): string => servers.map((server) => megabytes(server.residentBytes())).join(', ');
await sleep(number('idle') * 1_000);
console.log(`${residents()} resident ${number('idle')} s after the start`);
const [own, other] = await Promise.all(
  versions.map(async (version, at) => ({
    server: servers[at] as Server,
    reads: await readsOf(version.company),
  })),
);
await measureReads(own as Asked, other);
await sleep(number('idle') * 1_000);
console.log(`\n${residents()} resident ${number('idle')} s after all of these reads`);
