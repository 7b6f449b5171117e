import type { RepositoryKeeper } from '../../../backup/index.ts';
import { NotFoundError } from '../../../platform/index.ts';

/**
 * A snapshot that was forgotten shows nothing any more, although what it held lies there until the space is freed, and
 * whoever looks around has opened it already.
 * @throws NotFoundError
 */
export async function requireStored(
  keeper: RepositoryKeeper,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  if (await keeper.hasSnapshot(id, signal)) return;
  throw new NotFoundError(`snapshot ${id.slice(0, 8)} in the repository any more`, {
    advice:
      'It was forgotten, and nothing of it can be had from here. Look at another one; a copy off site may still have it.',
  });
}
