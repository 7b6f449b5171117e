import { describePostgresqlLocation, type PostgresqlLocation } from '@octobox/sources';
import { ServerError, type ServerErrorCode } from '../../errors.ts';

interface Meaning {
  readonly code: ServerErrorCode;
  /** What the database does or is. */
  readonly what: string;
  readonly advice: string;
}

const unreachable: Meaning = {
  code: 'server.database-unreachable',
  what: 'cannot be reached',
  advice:
    'Check that PostgreSQL runs, and that host, port and firewall let this machine in. A server that runs goes on by itself when the database answers again.',
};

const noPassword: Meaning = {
  code: 'server.database-denied',
  what: 'asks for a password, and none was given',
  advice: 'Give it in DATABASE_URL, or in the file that database.passwordFile names.',
};

const noTls: Meaning = {
  code: 'server.database-denied',
  what: 'cannot be reached by TLS as sslmode asks',
  advice: 'Check its certificate, and sslmode and sslrootcert in the address.',
};

/** By SQLSTATE (PostgreSQL, appendix A). Anything else is the fault of a statement, and said as it is. */
const meanings: Readonly<Record<string, Meaning>> = {
  '28P01': {
    code: 'server.database-denied',
    what: 'refuses the password',
    advice: 'Correct it in DATABASE_URL, or in the file that database.passwordFile names.',
  },
  '28000': {
    code: 'server.database-denied',
    what: 'refuses this user',
    advice: "Allow the user, database and address in the server's pg_hba.conf.",
  },
  '3D000': {
    code: 'server.database-unusable',
    what: 'does not exist',
    advice: 'Make it: createdb --encoding=UTF8 --owner=USER NAME.',
  },
  '42501': {
    code: 'server.database-denied',
    what: 'denies this user a permission that is needed',
    advice:
      'Make the user the owner of the database, or give it its schemas: CREATE SCHEMA octobox AUTHORIZATION user; CREATE SCHEMA octobox_queue AUTHORIZATION user.',
  },
  '53300': {
    code: 'server.database-unreachable',
    what: 'has no free connection',
    advice: 'Raise max_connections of the server, or end idle sessions; each node takes ten at most.',
  },
  '53100': {
    code: 'server.database-unusable',
    what: 'has no space left on its disk',
    advice: 'Make room on the disk of PostgreSQL.',
  },
  '55P03': {
    code: 'server.database-busy',
    what: 'is being changed by somebody else for too long',
    advice: 'See in pg_stat_activity which session of octobox holds a transaction open, and end it.',
  },
  '25006': {
    code: 'server.database-unusable',
    what: 'takes no changes: it is a standby, or read-only',
    advice: 'Name the primary server.',
  },
};

/** Node's system errors of a connection; SQLSTATE classes 08 and 57P are its loss as well. */
const lostCodes =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EPIPE|08\w{3}|57P\w{2}|25P03)$/;
const lostWords =
  /terminated|timeout|not queryable|connection error|connection ended|connection has been discarded/i;
const tlsWords = /SSL|certificate/i;

const codeOf = (error: unknown): string | undefined => {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
};

const reasonOf = (error: unknown): string =>
  error instanceof AggregateError && error.message === ''
    ? error.errors.map((each: Error) => each.message).join(', ')
    : (error as Error).message;

function meaningOf(error: unknown): Meaning | undefined {
  const code = codeOf(error);
  const reason = reasonOf(error);
  if (code !== undefined && meanings[code] !== undefined) return meanings[code];
  if (code !== undefined && lostCodes.test(code)) return unreachable;
  if (/SASL|password must be a string/.test(reason)) return noPassword;
  // What PostgreSQL itself says of a statement has an SQLSTATE, and its words are not ours to judge.
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) return undefined;
  if (tlsWords.test(reason) || tlsWords.test(code ?? '')) return noTls;
  return lostWords.test(reason) ? unreachable : undefined;
}

/** Whether the connection on which this happened cannot be used any more. */
export const isLost = (error: unknown): boolean => meaningOf(error) === unreachable;

/** What an error of a connection or of the server means to the operator; that of a statement is given back. */
export function explainPostgresql(error: unknown, location: PostgresqlLocation): unknown {
  if (error instanceof ServerError || !(error instanceof Error)) return error;
  const meaning = meaningOf(error);
  if (meaning === undefined) return error;
  const { code, what, advice } = meaning;
  const where = `the database ${describePostgresqlLocation(location)}, user ${location.user}`;
  const message = `${where}, ${what}${meaning === noPassword ? '' : `: ${reasonOf(error)}`}`;
  return new ServerError(code, message, { cause: error, advice });
}
