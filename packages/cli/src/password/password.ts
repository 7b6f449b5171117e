import type { Environment } from '../environment.ts';
import { CliError, UsageError } from '../errors.ts';
import { decodeText, readBytes } from '../options/file-lines.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

type Wish =
  | { readonly from: 'nothing' | 'terminal' }
  | { readonly from: 'command' | 'file' | 'environment'; readonly value: string };

/**
 * Where the password comes from, restic's way: an option goes before the environment, and a program and
 * a file at once are a contradiction that nobody should resolve by guessing.
 */
export function passwordWish(flags: RepositoryFlags, env: Environment): Wish {
  if (flags.insecureNoPassword === true) return { from: 'nothing' };
  const command =
    flags.passwordCommand ?? (flags.passwordFile === undefined ? env.passwordCommand : undefined);
  const file = flags.passwordFile ?? (flags.passwordCommand === undefined ? env.passwordFile : undefined);
  if (command !== undefined && file !== undefined) {
    throw new UsageError('a password file and a password command are given at once', {
      advice: 'Leave one of the two away (options and environment count alike).',
    });
  }
  if (command !== undefined) return { from: 'command', value: command };
  if (file !== undefined) return { from: 'file', value: file };
  if (env.password !== undefined) return { from: 'environment', value: env.password };
  return { from: 'terminal' };
}

const waysToGive =
  'Give it with --password-file, --password-command, RESTIC_PASSWORD_FILE or RESTIC_PASSWORD.';

const notEmpty = (password: string, where: string): string => {
  if (password === '') {
    throw new CliError('cli.password-missing', `the password from ${where} is empty`, {
      advice: `${waysToGive} If the repository really has none, say --insecure-no-password.`,
    });
  }
  return password;
};

/** @throws {UsageError} when the password would be read from the standard input that is the data. */
export function refuseSharedInput(cli: Cli, flags: RepositoryFlags, what: string): void {
  if (passwordWish(flags, cli.env).from !== 'terminal' || cli.input.isTTY) return;
  throw new UsageError(`standard input is ${what}, and no password is given elsewhere`, {
    advice: waysToGive,
  });
}

/**
 * The password of the repository. Asked for on a terminal, twice when `isNew`; in a pipe it is the next line of standard
 * input, as in restic.
 */
export async function resolvePassword(
  cli: Cli,
  flags: RepositoryFlags,
  options: { isNew: boolean; location: string },
): Promise<string> {
  const wish = passwordWish(flags, cli.env);
  switch (wish.from) {
    case 'nothing':
      return '';
    case 'environment':
      return wish.value;
    case 'file':
      return notEmpty(decodeText(await readBytes(wish.value, 'the password file')).trim(), wish.value);
    case 'command': {
      // Loaded when it is needed, as what starts programs is not small.
      const { passwordFromCommand } = await import('./password-command.ts');
      return notEmpty(await passwordFromCommand(wish.value, cli.signal), 'the password command');
    }
    case 'terminal': {
      if (!cli.interactive) {
        const { passwordFromInput } = await import('./piped.ts');
        const piped = await passwordFromInput(cli, `the password of ${options.location}`);
        if (piped) return piped;
        throw new CliError('cli.password-missing', `no password is given for ${options.location}`, {
          advice: waysToGive,
        });
      }
      if (options.isNew) return askTwice(cli, options.location);
      const { askPassword } = await import('./ask.ts');
      return askPassword(`Password of ${options.location}`, cli.signal);
    }
  }
}

/** A password to set: from a file, none on purpose, asked for twice, or a line of standard input. Never the environment's: that one is the old one. */
export async function newPassword(
  cli: Cli,
  flags: { readonly newPasswordFile?: string; readonly newInsecureNoPassword?: boolean },
  location: string,
): Promise<string> {
  const { newPasswordFile: file, newInsecureNoPassword } = flags;
  if (newInsecureNoPassword === true) {
    if (file === undefined) return '';
    throw new UsageError('a new password file and no password are asked for at once', {
      advice: 'Leave one of the two away.',
    });
  }
  if (file !== undefined) {
    const password = decodeText(await readBytes(file, 'the new password file')).trim();
    if (password !== '') return password;
    throw new CliError('cli.password-missing', `the password from ${file} is empty`, {
      advice: 'If there shall really be none, say --new-insecure-no-password.',
    });
  }
  if (!cli.interactive) {
    const { passwordFromInput } = await import('./piped.ts');
    const piped = await passwordFromInput(cli, `the new password for ${location}`);
    if (piped) return piped;
    throw new CliError('cli.password-missing', `no new password is given for ${location}`, {
      advice: 'Give it with --new-password-file.',
    });
  }
  return await askTwice(cli, location);
}

async function askTwice(cli: Cli, location: string): Promise<string> {
  const { askPassword } = await import('./ask.ts');
  const first = await askPassword(`New password for ${location}`, cli.signal);
  const again = await askPassword('The same once more', cli.signal);
  if (first !== again)
    throw new UsageError('the two passwords differ', { advice: 'Nothing was changed: try again.' });
  return notEmpty(first, 'the terminal');
}
