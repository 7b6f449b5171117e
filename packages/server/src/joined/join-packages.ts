/**
 * A program of its own: joins the libraries of the server into few files, in the folder that it is given. Loading a module costs a
 * quarter of a millisecond, and kysely, zod, yaml and hono are five hundred; one that loads another must be joined with it, so that
 * there is one of each.
 *
 * The launcher runs it once for each version of the lock file, and hands the folder to `octobox serve`, which takes from it what
 * this server would find in node_modules (packages/cli/src/joined-packages.ts). Without it everything works, and starts later.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** As the server's files write them. What has native code or threads is not among them. */
const names = [
  '@better-auth/kysely-adapter',
  '@hono/node-server',
  '@hono/zod-openapi',
  '@simplewebauthn/server',
  'better-auth/api',
  'better-auth/cookies',
  'better-auth/minimal',
  'croner',
  'hono',
  'hono/body-limit',
  'hono/html',
  'hono/http-exception',
  'hono/streaming',
  'kysely',
  'yaml',
  'zod',
];

/** Exports by name what Node exports of a package: of a CommonJS one a bundler finds none. */
async function doorTo(name: string): Promise<string> {
  const url = import.meta.resolve(name);
  const exported = Object.keys(await import(url)).filter((one) => one !== 'module.exports');
  return `export { ${exported.join(', ')} } from ${JSON.stringify(fileURLToPath(url))};`;
}

const [, , folder = ''] = process.argv;
// Vite's bundler, which is there where the console was built.
const bundler = resolve(import.meta.dirname, '../../../console/node_modules/rolldown/dist/index.mjs');
const { rolldown } = await import(pathToFileURL(bundler).href);
const fileOf = (name: string): string => `${name.replaceAll(/[@/]/g, '_')}.mjs`;
const doors = new Map<string, string>();
for (const name of names) doors.set(`door:${name}`, await doorTo(name));

const bundle = await rolldown({
  input: Object.fromEntries(names.map((name) => [fileOf(name), `door:${name}`])),
  platform: 'node',
  plugins: [
    {
      name: 'doors',
      resolveId: (id: string) => (doors.has(id) ? id : undefined),
      load: (id: string) => doors.get(id),
    },
  ],
});
await mkdir(folder, { recursive: true });
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name]',
  chunkFileNames: '[name]-[hash].mjs',
});
const index = Object.fromEntries(names.map((name) => [name, fileOf(name)]));
await writeFile(join(folder, 'index.json'), JSON.stringify(index));
