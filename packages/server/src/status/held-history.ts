import type { ForgetConcernCode } from '@octobox/repository';
import type { KnownRefusal } from '../backup/index.ts';
import type { HeldHistoryReport } from './report.ts';

/** The messages of the engine name hosts and paths; these are for the public. */
const sentences: Readonly<Record<ForgetConcernCode, string>> = {
  'large-share': 'more than half of them would go at once',
  'whole-host': 'nothing of a machine would be left',
  'future-snapshots': 'backups that are dated in the future would push good ones out',
  'before-suspicious': 'backups from before a suspicious one would go',
  'last-verified': 'the last one that was proved to be restorable would go',
};

/** Why retention left the history of a source as it is. */
export const heldHistory = ({ at, wouldForget, of, concerns }: KnownRefusal): HeldHistoryReport => ({
  at,
  snapshots: wouldForget,
  of,
  reasons: [...new Set(concerns.map(({ code }) => code))].map((code) => ({
    code,
    sentence: sentences[code],
  })),
});
