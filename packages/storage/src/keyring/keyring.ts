/** Where the key folders of repositories lie that nobody named a folder for: one for each location. */
import { hash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KeyFolder } from './key-folder.ts';

export interface KeyringEnvironment {
  readonly XDG_CONFIG_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/** `location`: as the opened storage tells it, which has no secret in it. */
export function keyFolderOf(location: string, env: KeyringEnvironment): KeyFolder {
  const base = given(env.XDG_CONFIG_HOME) ?? join(given(env.HOME) ?? homedir(), '.config');
  const canonical = location.replace(/\/+$/, '');
  // Readable for people, and one of its own for every location.
  const readable = canonical
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(-48);
  return new KeyFolder(
    join(base, 'octobox', 'keyring', `${readable}-${hash('sha256', canonical).slice(0, 16)}`),
  );
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
