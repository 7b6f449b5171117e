/** The server's certificate and key from two PEM files, taken anew when they change (ACME clients renew them). */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { RestServerError } from '../errors.ts';

/** PEM files. */
export interface CertificateFiles {
  /** The whole chain, the own certificate first. */
  readonly certificate: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** @throws RestServerError when a file cannot be read or the two do not belong together */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
    const certificate = { cert, key, minVersion: 'TLSv1.2' } as const;
    createSecureContext(certificate);
    return certificate;
  } catch (cause) {
    // The messages of OpenSSL and of the file system hold no key.
    throw new RestServerError(
      'rest-server.certificate',
      `the certificate ${files.certificate} with the key ${files.key} cannot be used: ${(cause as Error).message}`,
      {
        cause,
        advice: 'Both are PEM files: the whole chain, the own certificate first, and its private key.',
      },
    );
  }
}
