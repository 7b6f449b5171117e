import { SourceError } from '../errors.ts';
import type {
  Capture,
  Preflight,
  ProbeReport,
  RestoreReport,
  ScratchCopy,
  SnapshotReader,
  Source,
  SourceContext,
  VerificationReport,
} from '../source.ts';
import { sparingAncestors } from './ancestors.ts';
import { parseFilesLocation } from './location.ts';
import { outlineOf } from './outline.ts';
import { preflightFiles } from './preflight.ts';
import { probeFiles } from './probe.ts';
import { FilesScratch } from './scratch.ts';
import { verifyFiles } from './verify.ts';

export interface FilesSourceOptions {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Patterns of the engine's file backup. */
  readonly excludes?: readonly string[];
  /** Stay on the file systems of the paths. */
  readonly oneFileSystem?: boolean;
}

/** A path as a pattern that matches it alone, whatever characters it has. */
const literalPattern = (path: string): string => path.replace(/[\\*?[\]]/g, '\\$&');

/** Folders and files of this machine. */
export class FilesSource implements Source {
  readonly kind = 'files';
  readonly label: string;
  readonly folder: string;
  readonly #paths: readonly string[];
  readonly #excludes: readonly string[];
  readonly #oneFileSystem: boolean;

  constructor(options: FilesSourceOptions) {
    this.#paths = options.paths.map(parseFilesLocation);
    const [first] = this.#paths;
    if (first === undefined) {
      throw new SourceError('source.location', 'A source of files needs a path', { advice: 'Name one.' });
    }
    this.folder = first;
    this.#excludes = options.excludes ?? [];
    this.#oneFileSystem = options.oneFileSystem ?? false;
    this.label = `files in ${this.#paths.join(', ')}`;
  }

  async preflight(context: SourceContext): Promise<Preflight> {
    context.signal.throwIfAborted();
    return await preflightFiles(this.#paths);
  }

  async capture(context: SourceContext): Promise<Capture> {
    context.signal.throwIfAborted();
    // A path that vanished must not become an empty snapshot.
    await preflightFiles(this.#paths);
    return {
      form: 'paths',
      paths: this.#paths,
      excludes: this.#excludes,
      oneFileSystem: this.#oneFileSystem,
    };
  }

  async restore(snapshot: SnapshotReader, context: SourceContext): Promise<RestoreReport> {
    // Only what is this source's, whatever else the snapshot holds.
    const include = this.#paths.includes('/') ? {} : { include: this.#paths.map(literalPattern) };
    const { files, bytes } = await sparingAncestors(
      this.#paths,
      async () => await snapshot.extract('/', { ...include, verify: true, context }),
    );
    return { files, bytes, warnings: [] };
  }

  async scratch(snapshot: SnapshotReader, folder: string, context: SourceContext): Promise<ScratchCopy> {
    return await FilesScratch.create(snapshot, folder, this.#paths, context);
  }

  async verify(snapshot: SnapshotReader, context: SourceContext): Promise<VerificationReport> {
    return await verifyFiles(snapshot, { paths: this.#paths, root: '/' }, context);
  }

  async probe(snapshot: SnapshotReader | undefined, context: SourceContext): Promise<ProbeReport> {
    const outline = snapshot === undefined ? undefined : await outlineOf(snapshot, this.#paths, context);
    return await probeFiles(this.#paths, outline);
  }
}
