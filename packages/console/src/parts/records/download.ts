import { addressOf } from '../../api/ask.ts';
import { problemOf } from '../../api/problem.ts';
import { NotProved } from '../proof.tsx';

/**
 * Hands a file of a snapshot to the browser, or a folder as an archive, which saves it; `ready` sees to the proof that
 * this needs. Nothing happens when somebody gives none.
 * @throws ApiProblem when it cannot be had
 */
export async function download(
  id: 'downloadSnapshotFile' | 'downloadSnapshotFolder',
  snapshot: string,
  path: string,
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
