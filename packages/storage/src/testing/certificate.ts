/** A certificate for 127.0.0.1 that signs itself, as files in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Disposing of it removes its files. */
export interface TestCertificate extends AsyncDisposable {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  readonly contents: { readonly cert: Buffer; readonly key: Buffer };
}

export async function makeCertificate(): Promise<TestCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-certificate-'));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ...['-nodes', '-days', '2'],
      ...['-subj', '/CN=octobox test', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return {
    certificate,
    key,
    contents: { cert: await readFile(certificate), key: await readFile(key) },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
