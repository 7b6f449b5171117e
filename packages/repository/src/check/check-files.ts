/** Checks the small files: config, keys and locks. */
import type { StoredFile } from '@octobox/storage';
import { FileMissingError } from '@octobox/storage/errors';
import { decodeConfig } from '../format/config-file.ts';
import { decodeKeyFile } from '../format/key-file.ts';
import { decodeLock } from '../format/lock-file.ts';
import { open } from '../format/sealing/crypto.ts';
import type { Repository } from '../store/repository.ts';
import { readFile } from '../store/stored-file.ts';
import { type FindingCode, type Findings, problemOf } from './check-report.ts';

export async function checkFiles(
  repository: Repository,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { storage, keys } = repository;
  const check = async (
    file: StoredFile,
    code: FindingCode,
    interpret: () => Promise<unknown>,
  ): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await interpret();
    } catch (error) {
      signal?.throwIfAborted();
      // Locks come and go; so may keys.
      if (error instanceof FileMissingError && file.kind !== 'config') return;
      findings.error(code, problemOf(error), file);
    }
  };

  const config: StoredFile = { kind: 'config', name: '' };
  await check(config, 'config-damaged', async () =>
    decodeConfig(open(keys, await readFile(storage, config, { signal }))),
  );
  for (const name of (await repository.listFiles('key', { signal })).keys()) {
    const file: StoredFile = { kind: 'key', name };
    await check(file, 'key-damaged', async () => decodeKeyFile(await readFile(storage, file, { signal })));
  }
  for (const [name, size] of await repository.listFiles('lock', { signal })) {
    // A crashed writer leaves those on simple storages; they mean nothing.
    if (size === 0) continue;
    await check({ kind: 'lock', name }, 'lock-damaged', async () =>
      decodeLock(await repository.readUnpacked('lock', name, { signal })),
    );
  }
}
