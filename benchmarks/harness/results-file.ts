import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Samples, Size } from './bench.ts';

export interface Results {
  readonly machine: string;
  readonly size: Size;
  /** Per case, so that an interrupted run can go on with the next one. */
  readonly cases: Record<string, { readonly finished: string; readonly samples: Samples }>;
}

/** What is there of an earlier run of this size; nothing when `resume` is false. */
export function loadResults(file: string, size: Size, resume: boolean): Results {
  const fresh: Results = { machine: machine(), size, cases: {} };
  if (!resume || !existsSync(file)) return fresh;
  const known = JSON.parse(readFileSync(file, 'utf8')) as Results;
  return known.size === size ? known : fresh;
}

export function saveResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
}

function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${gigabytes} GiB, Linux ${release()}, Node ${process.versions.node}`;
}
