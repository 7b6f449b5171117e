import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Catalog, CatalogSnapshot, SourceAtRest } from '../catalog/index.ts';
import type { Declaration } from './declared.ts';
import type { IsSame } from './plan-source.ts';
import { presentSource } from './present-source.ts';

const keyOf = (sourceId: string, name: string, version: number): string => `${sourceId} ${name} ${version}`;

/**
 * Opens what the vault keeps where a file gives a secret for the same address, and compares. What was sealed anew
 * since counts as another one.
 * @throws VaultError when the vault's key is not here, or something is damaged
 */
export async function compareSecrets(
  catalog: Pick<Catalog, 'sourcePassword' | 'scratchPassword'>,
  declaration: Declaration,
  snapshot: CatalogSnapshot,
): Promise<IsSame> {
  const same = new Set<string>();
  const byName = new Map(snapshot.sources.map((source) => [source.name, source]));
  for (const declared of declaration.services.flatMap(({ sources }) => sources)) {
    const source = byName.get(declared.name);
    if (source === undefined) continue;
    const { password, scratchPassword } = declared;
    const was = presentSource(source);
    const { passwordVersion, scratchPasswordVersion } = source;
    const { scratchServer } = source.options;
    if (password !== undefined && passwordVersion !== undefined && was.location === declared.location) {
      const kept = await catalog.sourcePassword(source);
      if (isEqual(password.reveal(), kept)) same.add(keyOf(source.id, 'password', passwordVersion));
    }
    if (
      scratchPassword !== undefined &&
      scratchPasswordVersion !== undefined &&
      scratchServer !== undefined &&
      was.scratchServer === declared.scratchServer
    ) {
      const kept = await catalog.scratchPassword(source.id, scratchServer);
      if (isEqual(scratchPassword.reveal(), kept))
        same.add(keyOf(source.id, 'scratchPassword', scratchPasswordVersion));
    }
  }
  return (source: SourceAtRest, name, version) => same.has(keyOf(source.id, name, version));
}

/** Takes the same time wherever two secrets differ, and however long they are. */
function isEqual(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  const key = randomBytes(32);
  const [x, y] = [a, b].map((text) => createHmac('sha256', key).update(text).digest());
  return x !== undefined && y !== undefined && timingSafeEqual(x, y);
}
