import { type KitRecord, kitProblems, type PresentKeys, readKitRecord } from '@octobox/recovery-kit/record';
import type { KitTrouble } from './judge-kit.ts';

/** The keys of one repository, to compare its kits with. */
export interface RepositoryKeys {
  /** Its name in the configuration; undefined of the primary one. */
  readonly repository: string | undefined;
  readonly recordFile: string;
  /** Whether the repository lies at that location still. Rejects when that cannot be found out. */
  isAt(location: string): Promise<boolean>;
  /** Rejects when they cannot be read. */
  present(record: KitRecord): Promise<PresentKeys>;
}

export interface KitLook {
  readonly repository: string | undefined;
  readonly record: KitRecord | undefined;
  readonly troubles: readonly KitTrouble[];
}

/** What is known of the kits of a repository. Never rejects: what cannot be read is a trouble of its own. */
export async function lookAtKit(keys: RepositoryKeys, at: number): Promise<KitLook> {
  const { repository, recordFile } = keys;
  let record: KitRecord | undefined;
  try {
    record = await readKitRecord(recordFile);
    if (record === undefined) return { repository, record, troubles: ['never-made'] };
    if (!(await keys.isAt(record.location))) return { repository, record, troubles: ['stale'] };
    const problems = kitProblems(record, await keys.present(record), at);
    return { repository, record, troubles: problems.map(({ code }) => code) };
  } catch {
    // Not an error of ours: it is told that nobody can tell.
    return { repository, record, troubles: ['unreadable'] };
  }
}
