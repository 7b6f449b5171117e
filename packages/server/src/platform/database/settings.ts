import type { PostgresqlLocation } from '@octobox/sources';
import type { Secret } from '../secret.ts';

/** Which database holds the platform's facts. */
export type DatabaseSettings = SqliteSettings | PostgresqlSettings;

export interface SqliteSettings {
  readonly kind: 'sqlite';
  readonly file: string;
}

export interface PostgresqlSettings {
  readonly kind: 'postgresql';
  readonly location: PostgresqlLocation;
  /** Beats the file. */
  readonly password: Secret | undefined;
  /** Read again for every new connection, so that a new password needs no restart. */
  readonly passwordFile: string | undefined;
}
