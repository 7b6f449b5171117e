import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canInstallPackages, installPackages } from '../debian/install-packages.ts';
import { isOnPath } from '../debian/programs.ts';
import { CliError } from '../errors.ts';

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

const onPath = (program: string) => () => isOnPath(program);

const postgresServer = async (): Promise<boolean> => {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch((): string[] => []);
  for (const version of versions) if (await exists(join(root, version, 'bin', 'initdb'))) return true;
  return false;
};

/** OpenSSL's folder of engines lies beside the machine's other libraries. */
const pkcs11Engine = async (): Promise<boolean> => {
  for (const folder of await readdir('/usr/lib').catch((): string[] => [])) {
    if (await exists(join('/usr/lib', folder, 'engines-3', 'pkcs11.so'))) return true;
  }
  return false;
};

const parts: readonly Part[] = [
  { debianPackage: 'git', isPresent: onPath('git') },
  { debianPackage: 'restic', isPresent: onPath('restic') },
  { debianPackage: 'rclone', isPresent: onPath('rclone') },
  { debianPackage: 'age', isPresent: onPath('age') },
  { debianPackage: 'curl', isPresent: onPath('curl') },
  { debianPackage: 'postgresql', isPresent: postgresServer },
  { debianPackage: 'unzip', isPresent: onPath('unzip') },
  { debianPackage: 'chromium', isPresent: onPath('chromium') },
  {
    debianPackage: 'fonts-dejavu',
    isPresent: () => exists('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
  { debianPackage: 'bzip2', isPresent: onPath('bzip2') },
  { debianPackage: 'openssl', isPresent: onPath('openssl') },
  { debianPackage: 'softhsm2', isPresent: onPath('softhsm2-util') },
  { debianPackage: 'opensc', isPresent: onPath('pkcs11-tool') },
  { debianPackage: 'libengine-pkcs11-openssl', isPresent: pkcs11Engine },
  { debianPackage: 'openssh-server', isPresent: () => exists('/usr/sbin/sshd') },
  { debianPackage: 'poppler-utils', isPresent: onPath('pdftoppm') },
  { debianPackage: 'python3-minimal', isPresent: onPath('python3') },
  {
    debianPackage: 'python3-aiosmtpd',
    isPresent: () => exists('/usr/lib/python3/dist-packages/aiosmtpd/smtp.py'),
  },
  { debianPackage: 'pebble', isPresent: onPath('pebble') },
  { debianPackage: 'ceph-mon', isPresent: onPath('ceph-mon') },
  { debianPackage: 'ceph-osd', isPresent: onPath('ceph-osd') },
  { debianPackage: 'radosgw', isPresent: onPath('radosgw') },
  { debianPackage: 'acl', isPresent: onPath('setfacl') },
  { debianPackage: 'time', isPresent: () => exists('/usr/bin/time') },
  { debianPackage: 'attr', isPresent: onPath('setfattr') },
];

/**
 * Installs the Debian packages that the tests need and that are missing.
 * @throws {CliError} when they cannot be installed here.
 */
export async function installMissingParts(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const missing: string[] = [];
  for (const part of parts) if (!(await part.isPresent())) missing.push(part.debianPackage);
  if (missing.length === 0) return;
  const advice = `Install them: apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!(await canInstallPackages())) {
    throw new CliError(
      'cli.command-failed',
      `the tests talk to real programs that are not here: ${missing.join(', ')}; only root on Debian can install them`,
      { advice },
    );
  }
  say(`installing from Debian: ${missing.join(', ')}`);
  await installPackages(missing, { signal, advice });
}
