/**
 * What packs in no index mean. While nothing is missing they are left over from backups that did not end; else it is
 * the index that is lost, not the data, and it can be made anew.
 */
import { FileMissingError } from '@octobox/storage/errors';
import { visitPackHeader } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';
import { type Findings, problemOf } from './check-report.ts';

export interface UnindexedPacks {
  /** Names and sizes. */
  readonly packs: ReadonlyMap<string, number>;
  /** `type:id` of blobs that snapshots need and that are in no index. */
  readonly missing: ReadonlySet<string>;
  /** False when an index file or a snapshot could not be read: then it is not known what is needed. */
  readonly isAllKnown: boolean;
}

export async function checkUnindexed(
  repository: Repository,
  { packs, missing, isAllKnown }: UnindexedPacks,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const lost =
    missing.size === 0 ? undefined : await readHeaders(repository, { packs, missing }, findings, signal);
  if (lost?.holdMissing) {
    // What lies below a missing tree is not known, so each of these packs may hold something needed.
    findings.error(
      'index-lost',
      `the index of ${lost.readable} ${lost.readable === 1 ? 'pack is lost; its' : 'packs is lost; their'} content is there. ` +
        '`octobox repair index` makes it anew (as does `restic repair index`)',
    );
    return;
  }
  const mayBeNeeded = missing.size > 0 || !isAllKnown;
  for (const [name, size] of packs) {
    findings.hint(
      'pack-unreferenced',
      `pack ${name} (${size} bytes) is in no index${mayBeNeeded ? '' : '; prune removes it'}`,
      { kind: 'data', name },
    );
  }
}

async function readHeaders(
  repository: Repository,
  { packs, missing }: Pick<UnindexedPacks, 'packs' | 'missing'>,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<{ readonly readable: number; readonly holdMissing: boolean }> {
  let [readable, holdMissing] = [0, false];
  for (const [name, size] of packs) {
    try {
      await visitPackHeader(
        repository,
        name,
        size,
        ({ type, id }) => {
          holdMissing ||= missing.has(`${type}:${id.toString('hex')}`);
        },
        { signal },
      );
      readable++;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FileMissingError) continue;
      findings.error('pack-header-damaged', problemOf(error), { kind: 'data', name });
    }
  }
  return { readable, holdMissing };
}
