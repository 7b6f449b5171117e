import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Why browsers would refuse a certificate, as sentences; none when nothing is known to speak against it.
 * @param pem the whole chain, the own certificate first
 * @param url where people reach what is served by it
 */
export function certificateConcerns(pem: Buffer, { url, now }: { url?: string | undefined; now: Date }) {
  const certificate = new X509Certificate(pem);
  const { validFromDate, validToDate, subjectAltName } = certificate;
  const concerns: string[] = [];
  if (validToDate <= now) concerns.push(`the certificate ended on ${validToDate.toISOString()}`);
  if (validFromDate > now) concerns.push(`the certificate begins on ${validFromDate.toISOString()}`);
  if (url === undefined) return concerns;
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const covered =
    isIP(name) === 0 ? certificate.checkHost(name, { subject: 'never' }) : certificate.checkIP(name);
  if (covered === undefined)
    concerns.push(`the certificate is not for ${name}, but for ${subjectAltName ?? 'no name'}`);
  return concerns;
}
