/**
 * Octobox against restic (and borg where it applies), side by side:
 *
 *     node benchmarks/run.ts [case…] [--size small|full] [--runs N] [--restic PATH]… [--without NAME]…
 *                            [--up-to N] [--folder PATH] [--results FILE] [--resume]
 *
 * Without cases all run but those that take long (`--help` lists them). Results go into a JSON file after each case, so
 * that `--resume` goes on where a run was interrupted, and at the end as a Markdown table to the terminal. `--folder` is
 * where sources and repositories lie; all is removed again. Without `--restic` it runs against the machine's own
 * restic and the newest one of Debian, fetched into the folder and never installed. `--without` leaves one of the programs out, by its name in the table.
 * `--up-to` ends the curves early: at so many GB of `growth-data`, or snapshots of `growth-snapshots`.
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases/all.ts';
import { Bench, type Case, type Size } from './harness/bench.ts';
import { borg, type Contender, octobox, octoboxInLayers, restic } from './harness/contender.ts';
import { findRestics } from './harness/find-restic.ts';
import { hasProgram } from './harness/has-program.ts';
import { table } from './harness/report.ts';
import { loadResults, saveResults } from './harness/results-file.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: 'full' },
    runs: { type: 'string', default: '3' },
    restic: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    'up-to': { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    results: { type: 'string' },
    resume: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function chosen(): readonly Case[] {
  if (positionals.length === 0) return cases.filter(({ onlyByName }) => onlyByName !== true);
  return positionals.map((name) => {
    const found = cases.find((one) => one.name === name);
    if (found === undefined)
      throw new Error(`no case is called ${name}; there are ${cases.map((one) => one.name).join(', ')}`);
    return found;
  });
}

function contenders(folder: string): readonly Contender[] {
  const all = [octobox(join(folder, 'octobox')), octoboxInLayers(join(folder, 'octobox in layers'))];
  for (const [at, { program, name }] of findRestics(values.restic, folder).entries())
    all.push(restic(join(folder, `restic ${at}`), program, name));
  if (hasProgram('borg')) all.push(borg(join(folder, 'borg')));
  return all.filter(({ name }) => !values.without.includes(name));
}

async function main(): Promise<void> {
  if (values.help) {
    for (const { name, about, gigabytes, onlyByName } of cases)
      console.log(`${name.padEnd(18)}${about} (${gigabytes} GB${onlyByName ? '; only when named' : ''})`);
    console.log('\n--up-to N ends a curve early: at N GB (growth-data) or N snapshots (growth-snapshots)');
    return;
  }
  if (values.size !== 'small' && values.size !== 'full') throw new Error('--size is small or full');
  const size: Size = values.size;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs is a number from 1 on');
  const upTo = values['up-to'] === undefined ? undefined : Number(values['up-to']);
  if (upTo !== undefined && !(upTo >= 1)) throw new Error('--up-to is a number from 1 on');
  const file = values.results ?? join(import.meta.dirname, `results-${size}.json`);
  const results = loadResults(file, size, values.resume || positionals.length > 0);
  mkdirSync(values.folder, { recursive: true });
  const folder = mkdtempSync(join(values.folder, 'octobox-benchmark-'));
  const leave = (): never => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    const programs = contenders(folder);
    for (const one of chosen()) {
      if (values.resume && one.name in results.cases) continue;
      const { bavail, bsize } = statfsSync(folder);
      if (size === 'full' && bavail * bsize < one.gigabytes * 1e9) {
        console.log(`${one.name}: left out, it needs ${one.gigabytes} GB of free disk`);
        continue;
      }
      const place = join(folder, one.name);
      mkdirSync(place);
      const bench = new Bench({ folder: place, size, runs, contenders: programs, upTo });
      await one.run(bench);
      rmSync(place, { recursive: true, force: true });
      results.cases[one.name] = { finished: new Date().toISOString(), samples: bench.samples };
      saveResults(file, results);
    }
    console.log(`\n${results.machine}\n`);
    console.log(table(Object.assign({}, ...Object.values(results.cases).map(({ samples }) => samples))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
