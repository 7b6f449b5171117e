import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { canInstallPackages } from '../debian/install-packages.ts';
import { loadUpstreamSource } from '../debian/upstream-source.ts';

/** restic 0.18: retention as it has been since 0.17, which bookworm's does not have yet. */
const release = 'trixie';

const readers = /\/restic-(fixtures|goldens)\.test\.ts$/;

/**
 * The folder of restic's own source for the tests that read its fixtures and expectations; loaded from Debian once a
 * clone, and only when one of `files` asks for it. Where it cannot be had, the reason is said, and those tests are
 * counted as skipped.
 */
export async function resticSource(
  root: string,
  files: readonly string[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const named = process.env.OCTOBOX_RESTIC_SOURCE;
  if (named !== undefined || !files.some((file) => readers.test(file))) return named;
  const folder = join(root, '.node', 'source', 'restic');
  try {
    await access(folder);
    return folder;
  } catch {
    // not loaded yet
  }
  const advice = 'Set OCTOBOX_RESTIC_SOURCE to a checkout of restic.';
  if (!(await canInstallPackages())) {
    say(`restic's own fixtures are not tested: only root on Debian loads its source. ${advice}`);
    return undefined;
  }
  say("loading restic's source from Debian, for its fixtures");
  try {
    await loadUpstreamSource({ name: 'restic', release }, folder, { signal, advice });
    return folder;
  } catch (error) {
    signal.throwIfAborted();
    say(`restic's own fixtures are not tested: ${(error as Error).message} ${advice}`);
    return undefined;
  }
}
