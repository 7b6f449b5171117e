import type { Reader } from '../platform/index.ts';
import { secretKey, type Vault } from '../vault/index.ts';
import { readServicesInOrder, readSources } from './read-catalog.ts';
import type { ProtectedSource, Service } from './service.ts';
import { passwordOf, scratchPasswordOf } from './source-password.ts';

/** A source with what is known of its passwords without opening one: which version is kept; absent: none. */
export interface SourceAtRest extends ProtectedSource {
  readonly passwordVersion?: number;
  readonly scratchPasswordVersion?: number;
}

/** The whole catalog at one moment, in the order in which it was made. */
export interface CatalogSnapshot {
  readonly services: readonly Service[];
  readonly sources: readonly SourceAtRest[];
}

export async function readSnapshot(reader: Reader, vault: Vault): Promise<CatalogSnapshot> {
  const versions = await vault.versions(reader);
  const services = await readServicesInOrder(reader);
  const sources = (await readSources(reader)).map((source) => {
    const { scratchServer } = source.options;
    const password = versions.get(secretKey(passwordOf(source)));
    const scratch =
      scratchServer === undefined
        ? undefined
        : versions.get(secretKey(scratchPasswordOf(source.id, scratchServer)));
    return {
      ...source,
      ...(password === undefined ? {} : { passwordVersion: password }),
      ...(scratch === undefined ? {} : { scratchPasswordVersion: scratch }),
    };
  });
  return { services, sources };
}
