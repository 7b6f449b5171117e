import { addressOf } from '../../api/ask.ts';
import type { SnapshotFile } from '../../api/operations.ts';
import { problemOf } from '../../api/problem.ts';
import { NotProved } from '../../parts/proof.tsx';

const id = 'downloadSnapshotFile';

/**
 * Hands a file of a snapshot to the browser, which saves it; `ready` sees to the proof that this needs. Nothing happens
 * when somebody gives none.
 * @throws ApiProblem when the file cannot be had
 */
export async function download(
  snapshot: string,
  { path }: SnapshotFile,
  ready: () => Promise<void>,
): Promise<void> {
  try {
    await ready();
  } catch (error) {
    if (error instanceof NotProved) return;
    throw error;
  }
  const address = addressOf(id, { id: snapshot }, { path });
  // A download that is refused would be a page of JSON: it is asked for first, without the file.
  const { ok } = await fetch(address, { method: 'HEAD' });
  if (!ok) {
    const refused = await fetch(address);
    if (!refused.ok) throw await problemOf(refused, id);
    await refused.body?.cancel();
  }
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
