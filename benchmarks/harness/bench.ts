/** What a case gets to work with, and what it gives back. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './contender.ts';
import { folderSize } from './folder-size.ts';
import { type Measurement, measure } from './measure.ts';
import { dropCaches, waitForDisk, warmUp } from './settle.ts';

export type Size = 'small' | 'full';

export interface Sample extends Measurement {
  /** bytes of the repository afterwards, where that says something */
  readonly size?: number | undefined;
}

/** Row → contender → one sample a run. */
export type Samples = Record<string, Record<string, Sample[]>>;

export interface Case {
  readonly name: string;
  /** One sentence for `--help`. */
  readonly about: string;
  /** GB of free disk that the full size needs. */
  readonly gigabytes: number;
  /** Not part of a run that names no cases: it takes long. */
  readonly onlyByName?: boolean;
  run(bench: Bench): Promise<void>;
}

export interface BenchOptions {
  /** Empty; on a disk. */
  readonly folder: string;
  readonly size: Size;
  readonly runs: number;
  readonly contenders: readonly Contender[];
  /** Where the curves end: GB or snapshots; where the case says when absent. */
  readonly upTo?: number | undefined;
}

export class Bench {
  readonly folder: string;
  readonly size: Size;
  readonly runs: number;
  readonly contenders: readonly Contender[];
  readonly samples: Samples = {};
  readonly #upTo: number;

  constructor({ folder, size, runs, contenders, upTo }: BenchOptions) {
    this.folder = folder;
    this.size = size;
    this.runs = runs;
    this.contenders = contenders;
    this.#upTo = upTo ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.size === 'full';
  }

  /** The points of a curve that are wanted. */
  points(full: readonly number[], small: readonly number[]): readonly number[] {
    return (this.isFull ? full : small).filter((point) => point <= this.#upTo);
  }

  /** Octobox and the newest restic: the ones that the targets are about. */
  get rivals(): readonly Contender[] {
    const newest = this.contenders.find(({ name }) => name.startsWith('restic'));
    return this.contenders.filter((one) => one === newest || one.name.startsWith('octobox'));
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  repository(contender: Contender, round: number): string {
    return this.path(`repository ${round} of ${contender.name}`);
  }

  /** A fresh, empty folder. */
  emptyFolder(name: string): string {
    const folder = this.path(name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  remove(path: string): void {
    rmSync(path, { recursive: true, force: true });
  }

  /** Waits in the full size until nothing is left to be written to the disk. */
  async settle(): Promise<void> {
    if (this.isFull) await waitForDisk();
  }

  /** In the full size nothing but the program and its repository is in memory afterwards, and nothing left to be written. */
  async alike(contender: Contender, repository: string): Promise<void> {
    if (!this.isFull) return;
    await waitForDisk();
    dropCaches();
    warmUp(repository);
    await measure(contender.snapshots(repository));
  }

  /** A new repository; that is not measured. */
  async init(contender: Contender, round: number): Promise<string> {
    const repository = this.repository(contender, round);
    await measure(contender.init(repository));
    return repository;
  }

  /** Measures one command; with `repository`, also what lies there afterwards. */
  async measure(
    row: string,
    contender: Contender,
    command: Parameters<typeof measure>[0],
    repository?: string,
  ): Promise<void> {
    const measured = await measure(command);
    const size = repository === undefined ? undefined : folderSize(repository);
    this.add(row, contender.name, { ...measured, size });
  }

  add(row: string, contender: string, sample: Sample): void {
    this.samples[row] ??= {};
    const samples = this.samples[row];
    samples[contender] ??= [];
    samples[contender].push(sample);
    const { wall, cpu, memory, size } = sample;
    const shown = size === undefined ? '' : `, ${(size / 1e6).toFixed(1)} MB stored`;
    console.log(
      `${row}: ${contender}: ${wall.toFixed(2)} s, ${cpu.toFixed(2)} s CPU, ${memory.toFixed(0)} MB${shown}`,
    );
  }
}
