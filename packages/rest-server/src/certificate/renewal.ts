import type { Server } from 'node:tls';
import type { Log } from '../log.ts';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts';

const lookEveryMs = 2_000;

/**
 * Looks at the files again and again, until the timer is cleared, and takes them when they changed: by content, not by
 * time stamps, so that links to a renewed pair count, and a half-written one is tried again.
 * @param taken told of each that was taken
 */
export function renewCertificate(
  server: Server,
  files: CertificateFiles,
  { log, taken }: { log: Pick<Log, 'info' | 'error'>; taken?: (certificate: Certificate) => void },
): NodeJS.Timeout {
  let [current, complained] = ['', ''];
  const look = async (): Promise<void> => {
    try {
      const certificate = await readCertificate(files);
      const seen = `${certificate.cert.toString('latin1')}${certificate.key.toString('latin1')}`;
      if (current !== '' && seen !== current) {
        server.setSecureContext(certificate);
        log.info({ certificate: files.certificate }, 'a new certificate is in use');
        taken?.(certificate);
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
