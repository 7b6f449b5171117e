import type { Command } from 'commander';
import { readPatternFile } from './file-lines.ts';
import { collect } from './values.ts';

export interface ExcludeFlags {
  readonly exclude?: readonly string[];
  readonly iexclude?: readonly string[];
  readonly excludeFile?: readonly string[];
  readonly iexcludeFile?: readonly string[];
}

export function addExcludeOptions(command: Command, verb: string): void {
  command
    .option('-e, --exclude <pattern>', `${verb} what matches (repeatable)`, collect)
    .option('--iexclude <pattern>', 'the same without regard to case (repeatable)', collect)
    .option('--exclude-file <file>', 'patterns in a file, one a line, # comments (repeatable)', collect)
    .option('--iexclude-file <file>', 'the same without regard to case (repeatable)', collect);
}

export interface ExcludePatterns {
  readonly excludes: readonly string[];
  readonly iexcludes: readonly string[];
}

export async function excludePatterns(flags: ExcludeFlags): Promise<ExcludePatterns> {
  return {
    excludes: [...(flags.exclude ?? []), ...(await patternsOf(flags.excludeFile))],
    iexcludes: [...(flags.iexclude ?? []), ...(await patternsOf(flags.iexcludeFile))],
  };
}

/** The patterns of all files together. */
export async function patternsOf(files: readonly string[] = []): Promise<string[]> {
  return (await Promise.all(files.map(readPatternFile))).flat();
}
