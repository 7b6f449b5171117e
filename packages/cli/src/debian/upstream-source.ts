import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CliError } from '../errors.ts';
import { aptGet } from './apt-get.ts';

const run = promisify(execFile);
const keyrings = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];

export interface UpstreamSource {
  /** The source package's name. */
  readonly name: string;
  /** Debian's release by its code name; it need not be this system's. */
  readonly release: string;
}

/**
 * Loads the source that a Debian package was made of, as its authors published it, and unpacks it as the
 * folder `target`: whole, or not at all. What apt reads and keeps meanwhile lies beside it, nothing of the system's own
 * lists changes, and no root is needed. apt checks the signatures.
 * @throws {CliError} `cli.command-failed` when the archive that this system uses cannot be reached or has no such source.
 */
export async function loadUpstreamSource(
  { name, release }: UpstreamSource,
  target: string,
  { signal, advice }: { readonly signal: AbortSignal; readonly advice: string },
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}.part-`);
  try {
    await mkdir(join(work, 'lists', 'partial'), { recursive: true });
    await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
    const list = join(work, 'sources.sources');
    await writeFile(list, await sourceList(release));
    const own = [
      ...['-o', `Dir::Etc::SourceList=${list}`],
      ...['-o', 'Dir::Etc::SourceParts=/dev/null'],
      ...['-o', `Dir::State::Lists=${join(work, 'lists')}`],
      ...['-o', `Dir::Cache=${join(work, 'cache')}`],
      ...['-o', 'APT::Sandbox::User='],
    ];
    await aptGet([...own, 'update'], { signal, advice });
    await aptGet([...own, 'source', '--download-only', '--only-source', name], {
      signal,
      advice,
      folder: work,
    });
    const archive = (await readdir(work)).find((file) => /\.orig\.tar\.\w+$/.test(file));
    if (archive === undefined) {
      throw new CliError('cli.command-failed', `Debian's source of ${name} has no archive of its authors`, {
        advice,
      });
    }
    const unpacked = join(work, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xf', join(work, archive), '-C', unpacked, '--strip-components=1'], { signal });
    await rename(unpacked, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The archive that this system installs from, as a place of a release's sources: deb822, see sources.list(5). */
async function sourceList(release: string): Promise<string> {
  const { stdout } = await run('apt-get', [
    'indextargets',
    ...['--format', '$(SITE)'],
    ...['Created-By: Packages', 'Origin: Debian', 'Component: main'],
  ]);
  const [site] = stdout.split('\n'); // the first one: updates and security fixes follow
  const keyring = await firstThatExists(keyrings);
  const fields = ['Types: deb-src', `URIs: ${site}`, `Suites: ${release}`, 'Components: main'];
  if (keyring !== undefined) fields.push(`Signed-By: ${keyring}`);
  return `${fields.join('\n')}\n`;
}

async function firstThatExists(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
