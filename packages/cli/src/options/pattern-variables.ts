/**
 * Variables of the environment in pattern files: `$NAME` and `${NAME}`; `$$` is a dollar sign, and so is one that no name
 * follows. The rules are those of Go's `os.Expand`, which restic uses, but for what restic puts nothing in the place of.
 */
import { UsageError } from '../errors.ts';

/** After the dollar sign: a name of one sign, or one of letters, digits and underscores, in braces or not. */
const variable = /\$(?:\{([^}]*)\}|(\{)|([*#$@!?\-0-9]|[A-Za-z_][A-Za-z0-9_]*))/g;

/** @throws UsageError naming the file, when a variable is not set or a brace is not closed */
export function expandVariables(pattern: string, env: Readonly<NodeJS.ProcessEnv>, file: string): string {
  return pattern.replace(variable, (written, inBraces?: string, _open?: string, bare?: string) => {
    const name = inBraces ?? bare ?? '';
    if (name === '$') return '$';
    const value = env[name];
    if (value !== undefined && name !== '') return value;
    throw new UsageError(
      name === ''
        ? `${file} holds "${pattern}", where ${written} names no variable`
        : `${file} holds "${pattern}", and the variable $${name} is not set`,
      { advice: 'Set it, or write $$ for a dollar sign.' },
    );
  });
}
