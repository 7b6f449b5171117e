/**
 * What the platform itself costs, with 100,000 runs in its database:
 *
 *     node benchmarks/platform.ts [--database sqlite|postgresql] [--runs N] [--reads N] [--starts N] [--only WORD]…
 *                                 [--folder PATH] [--idle SECONDS] [--profile FOLDER] [--keep FOLDER]
 *
 * A real `./octobox serve` over a company with a history: how long until it answers, how much memory it holds when nobody
 * asks, and how many reads a second of its own processor time it answers, for each list of the API and for the public
 * pages. Processor time is that of the server alone, from the kernel, so that other work on the machine changes
 * little; the time on the wall is told beside it. `--only` measures addresses with that word alone. `--profile` writes V8's profile of each
 * server into a folder. `--keep` keeps the company, whose making takes minutes, in a folder for the next run (SQLite alone).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Company, foundCompany, profiled } from './platform/company.ts';
import { openDatabase } from './platform/database.ts';
import { writeHistory } from './platform/history.ts';
import { readsOf } from './platform/reads.ts';
import { megabytes, Server } from './platform/server.ts';

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
  },
});

const number = (name: 'runs' | 'reads' | 'starts' | 'idle'): number => {
  const given = Number(values[name]);
  if (!Number.isInteger(given) || given < 0) throw new Error(`--${name} is a whole number`);
  return given;
};

const median = (all: readonly number[]): number =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

async function measureStarts(company: Company): Promise<void> {
  const starts: { readonly wallMs: number; readonly cpuMs: number }[] = [];
  for (let start = 0; start < number('starts'); start++) {
    await using server = await Server.start(company);
    starts.push(server.firstAnswer);
  }
  if (starts.length === 0) return;
  console.log(
    `start until the first answer: ${Math.round(median(starts.map(({ wallMs }) => wallMs)))} ms on the wall, ` +
      `${Math.round(median(starts.map(({ cpuMs }) => cpuMs)))} ms of processor time (median of ${starts.length})`,
  );
}

async function measureReads(company: Company, server: Server): Promise<void> {
  console.log('\n| read | processor time | reads a second of it | answer |\n|---|---|---|---|');
  for (const read of await readsOf(company)) {
    if (values.only.length > 0 && !values.only.some((word) => read.name.includes(word))) continue;
    await server.ask(read, Math.min(300, number('reads')));
    const rounds: number[] = [];
    let bytes = 0;
    for (let round = 0; round < 3; round++) {
      const before = server.cpuMs();
      bytes = await server.ask(read, number('reads'));
      rounds.push((server.cpuMs() - before) / number('reads'));
    }
    const ms = median(rounds);
    console.log(`| ${read.name} | ${ms.toFixed(2)} ms | ${Math.round(1_000 / ms)} | ${bytes} bytes |`);
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
await measureStarts(company);
await using server = await Server.start(company);
await sleep(number('idle') * 1_000);
console.log(`${megabytes(server.residentBytes())} resident ${number('idle')} s after the start`);
await measureReads(company, server);
await sleep(number('idle') * 1_000);
console.log(`\n${megabytes(server.residentBytes())} resident ${number('idle')} s after all of these reads`);
