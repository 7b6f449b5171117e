import { spawn } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A real part that tests talk to: the Debian package that brings it, and how to see that it is there. */
interface Part {
  readonly debianPackage: string;
  readonly isPresent: () => Promise<boolean>;
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (program: string) => async (): Promise<boolean> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && (await exists(join(folder, program)))) return true;
  }
  return false;
};

const postgresServer = async (): Promise<boolean> => {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch((): string[] => []);
  for (const version of versions) if (await exists(join(root, version, 'bin', 'initdb'))) return true;
  return false;
};

const parts: readonly Part[] = [
  { debianPackage: 'git', isPresent: onPath('git') },
  { debianPackage: 'restic', isPresent: onPath('restic') },
  { debianPackage: 'postgresql', isPresent: postgresServer },
  { debianPackage: 'chromium', isPresent: onPath('chromium') },
  {
    debianPackage: 'fonts-dejavu',
    isPresent: () => exists('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
  { debianPackage: 'acl', isPresent: onPath('setfacl') },
  { debianPackage: 'attr', isPresent: onPath('setfattr') },
];

const run = (program: string, args: readonly string[]): Promise<{ code: number | null; tail: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DEBIAN_FRONTEND: 'noninteractive',
      },
    });
    let tail = '';
    const keep = (chunk: Buffer): void => {
      tail = (tail + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, tail }));
  });

export class MissingPartsError extends Error {
  readonly advice: string;
  constructor(missing: readonly string[], reason: string) {
    super(`The tests talk to real programs that are not here: ${missing.join(', ')} (${reason}).`);
    this.name = 'MissingPartsError';
    this.advice = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  }
}

/**
 * Installs the Debian packages that the tests need and that are missing.
 * @returns the names of what was installed, empty when all was there.
 * @throws {MissingPartsError} when they cannot be installed here.
 */
export async function installMissingParts(say: (line: string) => void): Promise<string[]> {
  const missing: string[] = [];
  for (const part of parts) if (!(await part.isPresent())) missing.push(part.debianPackage);
  if (missing.length === 0) return missing;
  if (!(await onPath('apt-get')())) throw new MissingPartsError(missing, 'no apt-get on this machine');
  if (process.getuid?.() !== 0) throw new MissingPartsError(missing, 'only root can install them');

  say(`installing from Debian: ${missing.join(', ')}`);
  // A list that is present may be old enough to name packages that are gone, so it is always renewed.
  const update = await run('apt-get', ['update', '-q']);
  if (update.code !== 0) throw new MissingPartsError(missing, `apt-get update failed: ${update.tail}`);
  const install = await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
  if (install.code !== 0) throw new MissingPartsError(missing, `apt-get install failed: ${install.tail}`);
  return missing;
}
