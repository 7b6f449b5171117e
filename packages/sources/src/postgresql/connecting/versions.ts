/**
 * PostgreSQL version numbers since 10: `server_version_num` is major * 10000 + minor, and programs say
 * "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" or "(PostgreSQL) 18beta1".
 */
export interface PostgresqlVersion {
  readonly major: number;
  /** 0 for development versions. */
  readonly minor: number;
  /** As `server_version_num`. */
  readonly number: number;
  /** "15.18" or "18beta1" */
  readonly text: string;
}

/** The oldest and the newest major version that Octobox was written for. */
export const supportedMajors = { oldest: 13, newest: 18 } as const;

export function parseServerVersionNumber(value: string): PostgresqlVersion {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 90_000) {
    throw new RangeError(`not a PostgreSQL version number: ${value}`);
  }
  const major = Math.floor(number / 10_000);
  const minor = number % 10_000;
  return { major, minor, number, text: `${major}.${minor}` };
}

/** Undefined when the text is not a PostgreSQL program's `--version`. */
export function parseProgramVersion(text: string): PostgresqlVersion | undefined {
  const match = /\(PostgreSQL\) (\d+)(?:\.(\d+))?((?:devel|alpha|beta|rc)\d*)?/.exec(text);
  if (match === null) return undefined;
  const major = Number(match[1]);
  const minor = Number(match[2] ?? 0);
  const suffix = match[3] ?? '';
  const numbers = match[2] === undefined ? `${major}` : `${major}.${minor}`;
  return { major, minor, number: major * 10_000 + minor, text: numbers + suffix };
}
