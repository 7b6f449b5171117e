import { access, constants, lstat } from 'node:fs/promises';
import { SourceError } from '../errors.ts';
import type { Preflight } from '../source.ts';

const missing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Every path must be there and readable; what lies below is the engine's to report, file by file. */
export async function preflightFiles(paths: readonly string[]): Promise<Preflight> {
  const warnings: string[] = [];
  for (const path of paths) {
    try {
      const found = await lstat(path);
      if (found.isSymbolicLink()) {
        warnings.push(`${path} is a symbolic link: the link is backed up, not what it points to.`);
        continue;
      }
      await access(path, found.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    } catch (error) {
      if (missing(error)) {
        throw new SourceError('source.missing', `${path} does not exist`, {
          cause: error,
          advice: 'Check the path, and whether its file system is mounted.',
        });
      }
      throw new SourceError('source.denied', `${path} cannot be read`, {
        cause: error,
        advice: 'Run as a user who may read it, or grant read permission.',
      });
    }
  }
  return { description: `files in ${paths.join(', ')}`, warnings };
}
