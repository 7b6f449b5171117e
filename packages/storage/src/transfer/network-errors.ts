/** What a failed connection means, told the same way for every kind of remote storage. */
import { StorageError } from '../errors.ts';

const UNREACHABLE: Readonly<Record<string, { what: string; advice: string }>> = {
  ENOTFOUND: {
    what: 'there is no host of that name',
    advice: 'Check the host name in the location of the repository.',
  },
  ECONNREFUSED: {
    what: 'nothing answers on that port',
    advice: 'Check host and port, and whether the server runs.',
  },
  EHOSTUNREACH: {
    what: 'there is no way to that host',
    advice: 'Check the network, and whether a firewall is between.',
  },
  ENETUNREACH: { what: 'there is no way to that network', advice: 'Check the network of this machine.' },
};

const CUT: readonly string[] = [
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_CONSTANT',
];
const TIMEOUT: readonly string[] = ['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'TimeoutError'];

const isCertificate = (code: string): boolean =>
  /CERT|^UNABLE_TO_|^DEPTH_ZERO_|^SELF_SIGNED|^ERR_TLS_|^HOSTNAME_MISMATCH/.test(code);
const isHandshake = (code: string): boolean => code === 'EPROTO' || code.startsWith('ERR_SSL_');

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, error.name, ...inner, ...codesOf(error.cause)];
};

/** The storage's own error for a failure of the network, or undefined when it is none. */
export function networkFailure(error: unknown, location: string): StorageError | undefined {
  const codes = codesOf(error);
  const cause = error;
  const unreachable = codes.find((code) => Object.hasOwn(UNREACHABLE, code));
  if (unreachable !== undefined) {
    const { what, advice } = UNREACHABLE[unreachable] ?? { what: '', advice: '' };
    return new StorageError('storage.unreachable', `${location} cannot be reached: ${what}`, {
      cause,
      advice,
      temporary: true,
    });
  }
  if (codes.some(isCertificate)) {
    return new StorageError(
      'storage.untrusted',
      `the certificate of ${location} is not trusted: ${plainly((error as Error).message)}`,
      {
        cause,
        advice:
          'Name the authority that signed it with --cacert or RESTIC_CACERT, or repair the certificate on the server.',
      },
    );
  }
  if (codes.some(isHandshake)) {
    return new StorageError('storage.untrusted', `${location} does not speak TLS on that port`, {
      cause,
      advice: 'Check the port, and whether the location should begin with http: instead of https:.',
    });
  }
  // Looked at first: the client for S3 calls a reset connection a timeout as well.
  if (codes.some((code) => CUT.includes(code))) {
    return interrupted(location, `the connection was cut (${(error as Error).message})`, cause);
  }
  if (codes.some((code) => TIMEOUT.includes(code))) return stuck(location, cause);
  return undefined;
}

/** Without Node's advice about its own options, which nobody can give here. */
const plainly = (message: string): string => message.replace(/; if the root CA is installed locally.*/s, '');

export const speaksTls = (location: string, cause?: unknown): StorageError =>
  new StorageError('storage.untrusted', `${location} wants TLS on that port`, {
    cause,
    advice: 'Let the location begin with https: instead of http:.',
  });

/** An answer that cannot be right, or none: asking again may help. */
export const interrupted = (location: string, what: string, cause?: unknown): StorageError =>
  new StorageError('storage.interrupted', `${location}: ${what}`, {
    cause,
    temporary: true,
    advice: 'Run it again when the network and the server are well; what was stored before is whole.',
  });

export const stuck = (location: string, cause?: unknown): StorageError =>
  new StorageError('storage.timeout', `${location} has not moved for too long`, {
    cause,
    temporary: true,
    advice: 'Check the network and the load of the server, then run it again.',
  });
