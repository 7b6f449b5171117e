import type { Command } from 'commander';
import type { Cli } from '../verb.ts';
import { readPatternFile } from './file-lines.ts';
import { expandVariables } from './pattern-variables.ts';
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
    .option(
      '--exclude-file <file>',
      'patterns in a file, one a line, # comments, $NAME from the environment (repeatable)',
      collect,
    )
    .option('--iexclude-file <file>', 'the same without regard to case (repeatable)', collect);
}

export interface ExcludePatterns {
  readonly excludes: readonly string[];
  readonly iexcludes: readonly string[];
}

/** @throws as `patternsOf` */
export async function excludePatterns(cli: Pick<Cli, 'env'>, flags: ExcludeFlags): Promise<ExcludePatterns> {
  return {
    excludes: [...(flags.exclude ?? []), ...(await patternsOf(cli, flags.excludeFile))],
    iexcludes: [...(flags.iexclude ?? []), ...(await patternsOf(cli, flags.iexcludeFile))],
  };
}

/** The patterns of all files together. @throws UsageError when one has a variable that is not set */
export async function patternsOf(
  { env }: Pick<Cli, 'env'>,
  files: readonly string[] = [],
): Promise<string[]> {
  const all = await Promise.all(
    files.map(async (file) =>
      (await readPatternFile(file)).map((pattern) => expandVariables(pattern, env.all, file)),
    ),
  );
  return all.flat();
}
