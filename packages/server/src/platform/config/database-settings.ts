import { join } from 'node:path';
import { parsePostgresqlLocation } from '@octobox/sources';
import type { DatabaseSettings } from '../database/index.ts';
import { Secret } from '../secret.ts';

/** The name of the file in the data folder that is the database unless another is named. */
export const databaseFile = (dataFolder: string): string => join(dataFolder, 'octobox.db');

/** From `DATABASE_URL`, which may hold the password. */
export function databaseFromUrl(text: string, passwordFile: string | undefined): DatabaseSettings {
  const { location, password } = parsePostgresqlLocation(text);
  return {
    kind: 'postgresql',
    location,
    password: password === undefined ? undefined : new Secret(password),
    passwordFile,
  };
}

/** From the file, which people keep with their other files and show each other. */
export function databaseFromFile(text: string, passwordFile: string | undefined): DatabaseSettings {
  const settings = databaseFromUrl(text, passwordFile);
  if (settings.kind === 'postgresql' && settings.password !== undefined) {
    throw new Error('a password does not belong here; put it into a file and name that with "passwordFile"');
  }
  return settings;
}
