import { userInfo } from 'node:os';
import type { Origin } from '@octobox/server';

/** Who works at the command line of this machine, for the audit log. */
export function systemOrigin(): Origin {
  const name = userName();
  return { actor: { id: name, name, kind: 'system' } };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the list of users, as in a container.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
