import type { CertificateFiles } from '@octobox/rest-server/certificate';
import type { ConfigFile } from './config-file.ts';

/** Where a certificate comes from by itself (RFC 8555). */
export interface AcmeSettings {
  /** The certificate authority's directory. */
  readonly directory: string;
  /** Where that one writes when something is wrong; absent: nowhere. */
  readonly email: string | undefined;
  /** The names that the certificate is for. */
  readonly domains: readonly string[];
  /** PEM file of the authorities to trust for the directory instead of the known ones. */
  readonly certificateFile: string | undefined;
  /** Where the account, the certificate and its key are kept. */
  readonly folder: string;
}

export interface TlsFiles {
  readonly certificate: CertificateFiles;
  readonly acme: AcmeSettings | undefined;
}

/** Let's Encrypt. */
const usualDirectory = 'https://acme-v02.api.letsencrypt.org/directory';

/**
 * The files of the operator, or those that the platform gets.
 * @param inData a path, relative ones in the data folder
 */
export function tlsFilesOf(
  tls: NonNullable<ConfigFile['tls']>,
  publicUrl: string | undefined,
  inData: (path: string) => string,
): TlsFiles {
  const { acme, certificateFile, keyFile, redirectFrom } = tls;
  if (acme === undefined) {
    if (certificateFile === undefined || keyFile === undefined) {
      throw new Error('name both "certificateFile" and "keyFile", or get a certificate with "acme"');
    }
    return {
      certificate: { certificate: inData(certificateFile), key: inData(keyFile) },
      acme: undefined,
    };
  }
  if (certificateFile !== undefined || keyFile !== undefined) {
    throw new Error('either files of your own or "acme", not both');
  }
  if (redirectFrom === undefined) {
    throw new Error('"acme" needs "redirectFrom": the certificate authority comes to port 80 without TLS');
  }
  const host = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  const domains = acme.domains ?? (host === undefined ? [] : [host]);
  if (domains.length === 0)
    throw new Error('say with "acme.domains" or "publicUrl" what the certificate is for');
  const folder = inData('acme');
  return {
    certificate: {
      certificate: inData('acme/current/certificate.pem'),
      key: inData('acme/current/key.pem'),
    },
    acme: {
      directory: acme.directory ?? usualDirectory,
      email: acme.email,
      domains,
      certificateFile: acme.certificateFile === undefined ? undefined : inData(acme.certificateFile),
      folder,
    },
  };
}
