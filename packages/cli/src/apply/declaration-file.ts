import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Config,
  ConfigError,
  type Declaration,
  machineReferences,
  readDeclaration,
  utf8Text,
} from '@octobox/server';
import { CliError, UsageError } from '../errors.ts';
import type { Cli } from '../verb.ts';

/**
 * What a file says is protected; without a name, the platform's own configuration file does.
 * @throws DeclarationError with all that is wrong with it
 */
export async function declarationOf(
  cli: Cli,
  config: Config,
  named: string | undefined,
): Promise<Declaration> {
  const file = named ?? config.configFile;
  if (file === undefined) {
    throw new UsageError(`no file is named, and there is no octobox.yaml in ${config.dataFolder}`, {
      advice:
        'Name the file: `octobox apply FILE`. `octobox export` writes one of what is protected already.',
    });
  }
  const isConfiguration = await isSameFile(file, config.configFile);
  return await readDeclaration({
    file,
    text: await textOf(file),
    references: machineReferences(cli.env.all),
    isConfiguration,
  });
}

export async function textOf(file: string): Promise<string> {
  try {
    return utf8Text(await readFile(file), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new CliError('cli.file-unreadable', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
      advice: 'Name a file that exists and that this user may read.',
    });
  }
}

async function isSameFile(a: string, b: string | undefined): Promise<boolean> {
  if (b === undefined) return false;
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  return (await real(a)) === (await real(b));
}
