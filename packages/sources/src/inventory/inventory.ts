import { reasonOf, SourceError } from '../errors.ts';
import type { Inventory, InventoryObject, SnapshotReader } from '../source.ts';

/** The name of the inventory in the folder of a source inside its snapshots. */
export const inventoryFile = 'inventory.json';

/** Far above the inventory of a hundred thousand tables; what is larger is not an inventory. */
const maxBytes = 256 << 20;

const order = (a: InventoryObject, b: InventoryObject): number =>
  a.type < b.type ? -1 : a.type > b.type ? 1 : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

export function encodeInventory(inventory: Inventory): Uint8Array {
  const sorted = { ...inventory, objects: inventory.objects.toSorted(order) };
  return Buffer.from(`${JSON.stringify(sorted, undefined, 1)}\n`, 'utf8');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isObject = (value: unknown): value is InventoryObject =>
  isRecord(value) &&
  typeof value.type === 'string' &&
  typeof value.name === 'string' &&
  (value.count === undefined || typeof value.count === 'number') &&
  (value.detail === undefined || typeof value.detail === 'string');

const isInventory = (value: unknown): value is Inventory =>
  isRecord(value) &&
  value.version === 1 &&
  (value.kind === 'postgresql' || value.kind === 'sqlite' || value.kind === 'files') &&
  typeof value.source === 'string' &&
  typeof value.takenAt === 'string' &&
  isRecord(value.versions) &&
  Object.values(value.versions).every((version) => typeof version === 'string') &&
  Array.isArray(value.objects) &&
  value.objects.every(isObject);

export function decodeInventory(text: string): Inventory {
  const value: unknown = JSON.parse(text);
  if (!isInventory(value)) throw new TypeError('it has not the form of an inventory of version 1');
  return value;
}

/** The inventory a snapshot holds. Without a sound one the snapshot is no backup that Octobox finished. */
export async function readInventory(snapshot: SnapshotReader, folder: string): Promise<Inventory> {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of snapshot.read(`${folder}/${inventoryFile}`)) {
      size += chunk.length;
      if (size > maxBytes) throw new RangeError('it is too large');
      chunks.push(chunk);
    }
    return decodeInventory(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new SourceError(
      'source.snapshot-unusable',
      `The inventory of ${snapshot.description} cannot be read: ${reasonOf(error)}`,
      { cause: error, advice: 'Choose another snapshot, and run check on the repository.' },
    );
  }
}
