/**
 * The certificate that was got last, and what is needed to know when the next one is due. A certificate and its key lie
 * in a folder of their own, and a link names the folder that counts: whoever reads both never finds half of a change.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { replaceFile, syncFolder } from '../durable-file.ts';

export interface Issued {
  /** PEM, the whole chain. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export class KeptCertificate {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Milliseconds since 1970 at which it is to be renewed and at which it ends; undefined: there is no whole one for all of this. */
  async validity(want: {
    domains: readonly string[];
    directory: string;
  }): Promise<{ renewAt: number; endsAt: number } | undefined> {
    const [pem, key, directory] = await Promise.all(
      ['certificate.pem', 'key.pem', 'directory'].map((name) => this.#read(name)),
    );
    if (pem === undefined || key === undefined || directory !== want.directory) return undefined;
    const certificate = parsePair(pem, key);
    if (certificate === undefined) return undefined;
    if (!want.domains.every((domain) => certificate.checkHost(domain) !== undefined)) return undefined;
    const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    // As certificate authorities advise: with a third of its time left.
    return { renewAt: to - (to - from) / 3, endsAt: to };
  }

  /** Durable when it resolves. */
  async replace({ certificate, key }: Issued, directory: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const fresh = await mkdtemp(join(this.#folder, 'issued-'));
    await replaceFile(join(fresh, 'key.pem'), key, 0o600);
    await replaceFile(join(fresh, 'certificate.pem'), certificate, 0o600);
    await replaceFile(join(fresh, 'directory'), directory, 0o600);
    const link = join(this.#folder, 'current');
    await rm(`${link}.new`, { force: true });
    await symlink(basename(fresh), `${link}.new`);
    // A copy that was put back may have a folder there, which no link can replace.
    const before = await lstat(link).catch(() => undefined);
    if (before?.isDirectory()) await rm(link, { recursive: true });
    await rename(`${link}.new`, link);
    await syncFolder(link);
    for (const name of await readdir(this.#folder)) {
      if (name.startsWith('issued-') && name !== basename(fresh))
        await rm(join(this.#folder, name), { recursive: true });
    }
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, 'current', name), 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  }
}

/** Undefined for what is damaged, and for a key of another certificate. */
function parsePair(pem: string, key: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
