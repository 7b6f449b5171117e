import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchCopy, SnapshotReader, SourceContext, VerificationReport } from '../source.ts';
import { removeTree } from './remove-tree.ts';
import { verifyFiles } from './verify.ts';

/** A tree below a scratch folder, with the full paths of the original. */
export class FilesScratch implements ScratchCopy {
  readonly description: string;
  readonly root: string;
  readonly #snapshot: SnapshotReader;
  readonly #paths: readonly string[];

  private constructor(root: string, snapshot: SnapshotReader, paths: readonly string[]) {
    this.description = `files below ${root}`;
    this.root = root;
    this.#snapshot = snapshot;
    this.#paths = paths;
  }

  /** Every byte is read back and compared while it is extracted; what differs rejects here. */
  static async create(
    snapshot: SnapshotReader,
    parent: string,
    paths: readonly string[],
    context: SourceContext,
  ): Promise<FilesScratch> {
    const root = await mkdtemp(join(parent, 'octobox-files-'));
    try {
      await snapshot.extract(root, { verify: true, context });
      return new FilesScratch(root, snapshot, paths);
    } catch (error) {
      await removeTree(root);
      throw error;
    }
  }

  async verify(context: SourceContext): Promise<VerificationReport> {
    return await verifyFiles(this.#snapshot, { paths: this.#paths, root: this.root }, context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.root);
  }
}
