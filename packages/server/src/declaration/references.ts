import { isAbsolute } from 'node:path';
import { type Environment, readSecretLine, Secret } from '../platform/index.ts';

const reference = /\$\$\{|\$\{([^}]*)\}/g;
const escapedBrace = /\$\$\{/g;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Found = { readonly value: string } | { readonly problem: string };

/** What the references of a file stand for. */
export interface References {
  variable(name: string): Found;
  /** The secret behind `file:`; the path is absolute. */
  file(path: string): Promise<Found>;
}

/** Of a file of this machine: its environment, and files that nobody else may read. */
export const machineReferences = (env: Environment): References => ({
  variable: (name) => {
    const value = env[name];
    return value === undefined ? { problem: `the environment variable ${name} is not set` } : { value };
  },
  file: async (path) => {
    try {
      return { value: await readSecretLine(path, 'a password') };
    } catch (error) {
      const { message, advice } = error as Error & { advice?: string };
      return { problem: advice === undefined ? message : `${message}. ${advice}` };
    }
  },
});

/**
 * Of a file that came by the network: what was sent along, by the name of a variable or as `file:/path`. Nothing of
 * this machine is read for whoever sends a file.
 */
export function sentReferences(values: Readonly<Record<string, string>>): References {
  const sent = new Map(Object.entries(values));
  const found = (name: string): Found => {
    const value = sent.get(name);
    return value === undefined ? { problem: `no value was sent along for ${name}` } : { value };
  };
  return { variable: found, file: async (path) => found(`file:${path}`) };
}

/** `${NAME}` in a text is a variable; `$${` stands for `${`. Gives the text, or what is wrong. */
export function withVariables(text: string, references: References): { text: string } | { problem: string } {
  let problem: string | undefined;
  // Behind the last brace nothing is a reference; each `${` there would be followed to the end.
  const end = text.lastIndexOf('}') + 1;
  const resolved = text.slice(0, end).replaceAll(reference, (found, name: string | undefined) => {
    if (name === undefined) return '${';
    if (!variable.test(name)) {
      problem ??= `"${found}" names no environment variable; write $\${ for the text itself`;
      return '';
    }
    const known = references.variable(name);
    if ('value' in known) return known.value;
    problem ??= known.problem;
    return '';
  });
  return problem === undefined
    ? { text: resolved + text.slice(end).replaceAll(escapedBrace, '${') }
    : { problem };
}

/** The other way round: a text that reads as it is. */
export const escaped = (text: string): string => text.replaceAll('${', () => '$${');

/** What a secret is given by: one variable, or a file. Never the secret itself. */
export async function readSecret(
  text: string,
  references: References,
): Promise<{ secret: Secret } | { problem: string }> {
  const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)?.[1];
  const path = /^file:(.*)$/s.exec(text)?.[1];
  if (name === undefined && path === undefined) {
    return {
      problem: `a secret does not stand in this file: write \${NAME} for an environment variable, or file:/path`,
    };
  }
  if (path !== undefined && !isAbsolute(path))
    return { problem: 'the path behind file: begins with a slash' };
  const found = name === undefined ? await references.file(path ?? '') : references.variable(name);
  if ('problem' in found) return found;
  if (found.value === '') return { problem: `the value of ${name ?? text} is empty` };
  return { secret: new Secret(found.value) };
}
