/** The medians of all samples as a Markdown table, with ratios to the newest restic and to the targets. */
import { MEMORY, MEMORY_IN_LAYERS, REPOSITORY_SIZE, REPOSITORY_SIZE_IN_LAYERS, targets } from '../targets.ts';
import type { Sample, Samples } from './bench.ts';

export function table(samples: Samples): string {
  const lines = [
    '| case | program | wall | ratio | target | user+system | ratio | memory | ratio | target | stored | ratio | target |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  for (const [row, contenders] of Object.entries(samples)) {
    const reference = newestRestic(contenders);
    for (const [name, runs] of Object.entries(contenders)) lines.push(line(row, name, runs, reference));
  }
  return lines.join('\n');
}

function newestRestic(contenders: Readonly<Record<string, readonly Sample[]>>): Sample | undefined {
  const names = Object.keys(contenders).filter((name) => name.startsWith('restic'));
  const [newest] = names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newest === undefined ? undefined : middle(contenders[newest] ?? []);
}

function middle(runs: readonly Sample[]): Sample {
  const of = (pick: (sample: Sample) => number | undefined): number => {
    const sorted = runs.map((run) => pick(run) ?? Number.NaN).sort((a, b) => a - b);
    return (
      ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2
    );
  };
  return {
    wall: of((s) => s.wall),
    cpu: of((s) => s.cpu),
    memory: of((s) => s.memory),
    size: of((s) => s.size),
  };
}

function line(row: string, name: string, runs: readonly Sample[], reference: Sample | undefined): string {
  const own = middle(runs);
  const isOurs = name.startsWith('octobox');
  const inLayers = name !== 'octobox';
  const target = targets[row];
  const time = inLayers ? target?.timeInLayers : target?.time;
  const ratio = (pick: (sample: Sample) => number | undefined, limit?: number): [string, string] => {
    const value =
      reference === undefined ? Number.NaN : (pick(own) ?? Number.NaN) / (pick(reference) ?? Number.NaN);
    if (Number.isNaN(value)) return ['', ''];
    const isMissed = isOurs && limit !== undefined && Number(value.toFixed(2)) > limit;
    const shown = value.toFixed(2);
    return [isMissed ? `**${shown}**` : shown, isOurs && limit !== undefined ? limit.toFixed(2) : ''];
  };
  const size = own.size === undefined || Number.isNaN(own.size) ? '' : `${(own.size / 1e6).toFixed(0)} MB`;
  const cells = [
    row,
    `${name}${runs.length > 1 ? ` (${runs.length} runs)` : ''}`,
    `${own.wall.toFixed(2)} s`,
    ...ratio((s) => s.wall, time),
    `${own.cpu.toFixed(2)} s`,
    ratio((s) => s.cpu)[0],
    `${own.memory.toFixed(0)} MB`,
    ...ratio((s) => s.memory, inLayers ? MEMORY_IN_LAYERS : MEMORY),
    size,
    ...ratio((s) => s.size, inLayers ? REPOSITORY_SIZE_IN_LAYERS : REPOSITORY_SIZE),
  ];
  return `| ${cells.join(' | ')} |`;
}
