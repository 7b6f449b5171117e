import { openLayeredStorage } from '../access/layered-storage.ts';
import type { Place } from '../access/place.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type KitProblem, kitProblems } from './kit-problems.ts';
import { type KitRecord, readKitRecord } from './kit-record.ts';
import { keyFileNames, layerFingerprints } from './present-keys.ts';

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
    const record = await readKitRecord(base.location, cli.env);
    const layers = [
      ...(keys.crypt === undefined ? [] : ['crypt']),
      ...(keys.age === undefined ? [] : ['age']),
    ];
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
