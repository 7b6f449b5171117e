import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const server = pathToFileURL(resolve(import.meta.dirname, '../../server/src')).href;

/**
 * From now on the server's files get their libraries from a folder of packages/server/src/joined/join-packages.ts. Who made
 * it has seen to it that it fits what is installed.
 */
export function useJoinedPackages(folder: string): void {
  const index: Record<string, string> = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const joined = new Map(
    Object.entries(index).map(([name, file]) => [name, pathToFileURL(join(folder, file)).href]),
  );
  registerHooks({
    resolve(specifier, context, next) {
      const url = joined.get(specifier);
      if (url === undefined || !context.parentURL?.startsWith(`${server}/`)) return next(specifier, context);
      return { url, format: 'module', shortCircuit: true };
    },
  });
}
