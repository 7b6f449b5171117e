/** Real repositories that cost little: in memory, with a key derivation that takes no time. */
import { MemoryStorage, type Storage } from '@octobox/storage';
import type { KdfParameters } from '../format/key-file.ts';
import { type InitOptions, Repository } from '../store/repository.ts';

/** What restic's own test repositories use. */
export const WEAK_KDF: KdfParameters = { N: 128, r: 1, p: 1 };
export const TEST_PASSWORD = 'geheim';
/** The polynomial of restic's chunker tests. */
export const TEST_POLYNOMIAL = 0x3da3358b4dc173n;

export interface TestRepository {
  readonly repository: Repository;
  readonly storage: Storage;
}

/** A new repository, in memory unless a storage is given; its index is loaded. */
export async function createTestRepository(
  storage: Storage = new MemoryStorage('test'),
  options: Partial<InitOptions> = {},
): Promise<TestRepository> {
  const repository = await Repository.init(storage, {
    password: TEST_PASSWORD,
    kdf: WEAK_KDF,
    polynomial: TEST_POLYNOMIAL,
    ...options,
  });
  await repository.loadIndex();
  return { repository, storage };
}
