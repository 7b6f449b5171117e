import {
  type KitProblem,
  type KitRecord,
  keyFileNames,
  kitProblems,
  layerFingerprints,
  layerNames,
  readKitRecord,
} from '@octobox/recovery-kit/record';
import { openLayeredStorage } from '../access/layered-storage.ts';
import type { Place } from '../access/place.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { kitRecordFile } from './kit-record-file.ts';

export interface KitLook {
  readonly location: string;
  readonly record: KitRecord | undefined;
  readonly problems: readonly KitProblem[];
}

/** What is known of the kits of a repository, beside its keys as they are now. Needs no password. */
export async function lookAtKit(
  cli: Cli,
  flags: RepositoryFlags,
  place: Pick<Place, 'location' | 'layerKeys'>,
): Promise<KitLook> {
  const { base, storage, keys } = await openLayeredStorage(cli, flags, place);
  try {
    const record = await readKitRecord(await kitRecordFile(cli, base.location));
    const layers = layerNames(keys);
    const fingerprints = record === undefined ? {} : layerFingerprints(keys, record.set);
    const keyFiles = record === undefined ? undefined : await keyFileNames(base);
    return {
      location: base.location,
      record,
      problems: kitProblems(record, { layers, fingerprints, keyFiles }),
    };
  } finally {
    await storage.close();
  }
}
