/** Reads whole packs in threads, and tells what is wrong with them. */
import type { StoredFile } from '@octobox/storage';
import { forEachLimited } from '../runtime/limited.ts';
import type { EntriesByPack } from '../store/index/entries-by-pack.ts';
import type { CheckProgress, Findings } from './check-report.ts';
import type { CheckThreads } from './check-threads.ts';
import type { Damage } from './damage.ts';
import type { PackToRead, PackVerdict } from './verify-pack.ts';

export interface CheckDataParts {
  readonly threads: CheckThreads;
  readonly entries: EntriesByPack;
  readonly damage: Damage;
  readonly findings: Findings;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly signal: AbortSignal | undefined;
}

export async function checkData(parts: CheckDataParts, packs: readonly PackToRead[]): Promise<void> {
  const bytesTotal = packs.reduce((sum, { size }) => sum + size, 0);
  let [done, bytesDone] = [0, 0];
  await forEachLimited(packs, parts.threads.room, async (pack) => {
    parts.signal?.throwIfAborted();
    const verdict = await parts.threads.verify(pack);
    // What was read while the reading was broken off tells of nothing.
    parts.signal?.throwIfAborted();
    tell(parts, pack, verdict);
    bytesDone += pack.size;
    parts.onProgress({ phase: 'data', done: ++done, total: packs.length, bytesDone, bytesTotal });
  });
}

function tell({ findings, damage, entries }: CheckDataParts, pack: PackToRead, verdict: PackVerdict): void {
  const file: StoredFile = { kind: 'data', name: pack.name };
  const { unreadable, headerProblem, unlikeIndex } = verdict;
  if (unreadable !== undefined) {
    findings.error('pack-damaged', `pack ${pack.name} cannot be read: ${unreadable}`, file);
    for (const entry of entries.entriesOf(pack.number)) damage.markEntry(entry);
    return;
  }
  if (headerProblem !== undefined) {
    findings.error('pack-header-damaged', `the header of pack ${pack.name}: ${headerProblem}`, file);
  }
  if (unlikeIndex !== undefined) {
    const indexed = entries.entriesOf(pack.number).length;
    findings.error(
      'pack-unlike-index',
      `pack ${pack.name} holds ${unlikeIndex} blobs, which are not the ${indexed} that the index lists`,
      file,
    );
  }
  if (!verdict.isAsNamed) {
    findings.error('pack-damaged', `pack ${pack.name}: its content does not match its name`, file);
  }
  for (const { entry, message } of verdict.damaged) {
    const { type, id, length, offset } = entries.blobAt(entry);
    const what = `${type} blob ${id.toString('hex')} (${length} bytes at ${offset})`;
    findings.error('blob-damaged', `pack ${pack.name}: ${what}: ${message}`, file);
    damage.markEntry(entry);
  }
}
