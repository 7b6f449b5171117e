import { isAbsolute } from 'node:path';
import { type Environment, readSecretLine, Secret } from '../platform/index.ts';

const reference = /\$\$\{|\$\{([^}]*)\}/g;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `${NAME}` in a text is the environment's; `$${` stands for `${`. Gives the text, or what is wrong. */
export function withEnvironment(text: string, env: Environment): { text: string } | { problem: string } {
  let problem: string | undefined;
  const resolved = text.replaceAll(reference, (found, name: string | undefined) => {
    if (name === undefined) return '${';
    const value = env[name];
    if (!variable.test(name))
      problem ??= `"${found}" names no environment variable; write $\${ for the text itself`;
    else if (value === undefined) problem ??= `the environment variable ${name} is not set`;
    return value ?? '';
  });
  return problem === undefined ? { text: resolved } : { problem };
}

/** The other way round: a text that reads as it is. */
export const escaped = (text: string): string => text.replaceAll('${', () => '$${');

/** What a secret is given by: one variable, or a file that nobody else may read. Never the secret itself. */
export async function readSecret(
  text: string,
  env: Environment,
): Promise<{ secret: Secret } | { problem: string }> {
  const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)?.[1];
  if (name !== undefined) {
    const value = env[name];
    if (value === undefined) return { problem: `the environment variable ${name} is not set` };
    if (value === '') return { problem: `the environment variable ${name} is empty` };
    return { secret: new Secret(value) };
  }
  const path = /^file:(.*)$/s.exec(text)?.[1];
  if (path === undefined) {
    return {
      problem: `a secret does not stand in this file: write \${NAME} for an environment variable, or file:/path`,
    };
  }
  if (!isAbsolute(path)) return { problem: 'the path behind file: begins with a slash' };
  try {
    return { secret: new Secret(await readSecretLine(path, 'a password')) };
  } catch (error) {
    const { message, advice } = error as Error & { advice?: string };
    return { problem: advice === undefined ? message : `${message}. ${advice}` };
  }
}
