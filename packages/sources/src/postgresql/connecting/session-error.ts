import { DatabaseError } from 'pg';
import { reasonOf, SourceError, type SourceErrorCode } from '../../errors.ts';
import type { PostgresqlLocation } from './location.ts';
import { describePostgresqlLocation } from './location.ts';

/** SQLSTATE (PostgreSQL, appendix A) or Node's system error code → what it means to the user. */
const meanings: Readonly<Record<string, { code: SourceErrorCode; what: string; advice: string }>> = {
  '28P01': {
    code: 'source.wrong-password',
    what: 'The password is wrong',
    advice: 'Give the right password by PGPASSWORD, PGPASSFILE or the stored secret of this source.',
  },
  '28000': {
    code: 'source.denied',
    what: 'The server refuses this user',
    advice: "Allow the user, database and address in the server's pg_hba.conf.",
  },
  '3D000': {
    code: 'source.missing',
    what: 'The database does not exist',
    advice: 'Check the name of the database in the location.',
  },
  '42501': {
    code: 'source.denied',
    what: 'The user lacks a permission',
    advice: 'Grant it; on PostgreSQL 14 and newer: GRANT pg_read_all_data TO the user.',
  },
  '53300': {
    code: 'source.busy',
    what: 'The server has no free connection',
    advice: 'Raise max_connections, or end idle sessions.',
  },
  '57P03': {
    code: 'source.unreachable',
    what: 'The server is starting or stopping',
    advice: 'Try again when it is up.',
  },
  '55P03': {
    code: 'source.busy',
    what: 'A lock could not be had in time',
    advice: 'See in pg_locks who holds an exclusive lock, and try again when it is gone.',
  },
};

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EPIPE',
]);

const codeOf = (error: unknown): string | undefined =>
  error instanceof AggregateError
    ? codeOf(error.errors[0])
    : error instanceof Error && 'code' in error && typeof error.code === 'string'
      ? error.code
      : undefined;

/** What a failed connection or query means, in the terms of a source. */
export function sessionError(error: unknown, location: PostgresqlLocation): SourceError {
  if (error instanceof SourceError) return error;
  const where = describePostgresqlLocation(location);
  const code = codeOf(error);
  const meaning = code === undefined ? undefined : meanings[code];
  if (meaning !== undefined) {
    const message = `${meaning.what} (${where}, user ${location.user}): ${reasonOf(error)}`;
    return new SourceError(meaning.code, message, { cause: error, advice: meaning.advice });
  }
  if (
    /SASL|password must be a string|no password/i.test(reasonOf(error)) &&
    !(error instanceof DatabaseError)
  ) {
    return new SourceError(
      'source.wrong-password',
      `The server asks for a password, and none was given (${where})`,
      {
        cause: error,
        advice: 'Give it by PGPASSWORD, PGPASSFILE or the stored secret of this source.',
      },
    );
  }
  const lost = /terminated unexpectedly|connection timeout|timeout expired|not queryable/i.test(
    reasonOf(error),
  );
  if (
    (code !== undefined && (unreachable.has(code) || code.startsWith('57P') || code.startsWith('08'))) ||
    lost
  ) {
    return new SourceError(
      'source.unreachable',
      `PostgreSQL cannot be reached (${where}): ${reasonOf(error)}`,
      {
        cause: error,
        advice: 'Check that the server runs, and that host, port and firewall let this machine in.',
      },
    );
  }
  return new SourceError('source.failed', `PostgreSQL reported an error (${where}): ${reasonOf(error)}`, {
    cause: error,
  });
}
