import type { Server } from 'node:tls';
import type { Log } from '../log.ts';
import { type CertificateFiles, readCertificate } from './certificate.ts';

const lookEveryMs = 2_000;

/**
 * Looks at the files again and again, until the timer is cleared, and takes them when they changed: by content, not by
 * time stamps, so that links to a renewed pair count, and a half-written one is tried again.
 */
export function renewCertificate(
  server: Server,
  files: CertificateFiles,
  log: Pick<Log, 'info' | 'error'>,
): NodeJS.Timeout {
  let [current, complained] = ['', ''];
  const look = async (): Promise<void> => {
    try {
      const certificate = await readCertificate(files);
      const seen = `${certificate.cert.toString('latin1')}${certificate.key.toString('latin1')}`;
      if (current !== '' && seen !== current) {
        server.setSecureContext(certificate);
        log.info({ certificate: files.certificate }, 'a new certificate is in use');
      }
      [current, complained] = [seen, ''];
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== complained) log.error({ reason }, 'the changed certificate is not taken');
      complained = reason;
    }
  };
  void look();
  return setInterval(() => void look(), lookEveryMs).unref();
}
