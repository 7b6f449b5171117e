/**
 * Walks the trees of a snapshot and brings each selected entry into the target folder.
 *
 * A folder is made when it is selected or when something below it is; its metadata comes last, when everything
 * below it is done. An entry that fails is reported and the others go on.
 */
import { readdirSync } from 'node:fs';
import type { Node } from '../format/trees/node.ts';
import { decodeTree } from '../format/trees/tree.ts';
import type { Repository } from '../store/repository.ts';
import { makeFileRestore } from './contents/file-restore.ts';
import { type PlainMetadata, plainMetadata } from './contents/new-file.ts';
import type { RestoreBatches } from './restore-batch.ts';
import { InvalidNodeNameError, UnrestorableError } from './restore-errors.ts';
import type { RestoreReport } from './restore-report.ts';
import type { Overwrite } from './restore-types.ts';
import type { Selection } from './selection.ts';
import { joinPath } from './snapshot-path.ts';
import type { AttributeSelection } from './target/attribute-selection.ts';
import { type FirstName, HardLinks } from './target/hard-links.ts';
import { createSpecial, linkTo } from './target/make-entry.ts';
import { applyMetadata } from './target/node-metadata.ts';
import type { OwnerOf } from './target/owner-names.ts';
import { clearPlace, ensureFolder, isPlainFolder, removeTree, statOf } from './target/target-folder.ts';
import { Place, TargetFolder } from './target/target-folders.ts';

export interface TreeRestoreOptions {
  readonly overwrite: Overwrite;
  readonly delete: boolean;
  readonly verify: boolean;
  readonly spareFoldersAbove: boolean;
  readonly dryRun: boolean;
  readonly ownership: 'restore' | 'try' | 'leave';
  readonly ownerOf: OwnerOf;
  readonly selectsAttribute: AttributeSelection;
  readonly signal: AbortSignal | undefined;
}

interface Folder {
  /** Within the snapshot. */
  readonly location: Buffer;
  /** In the file system. */
  readonly target: TargetFolder;
  readonly parent: Folder | undefined;
  state: 'not made' | 'made' | 'failed';
  /** Names of all entries, as byte strings; kept only when others are to be deleted. */
  readonly names: Set<string> | undefined;
  /** False when the entries are not all known: then nothing can be called unknown to the snapshot. */
  complete: boolean;
  /** Something in it was selected. */
  touched: boolean;
  /** Selected itself, and not only on the way to what is. */
  selected: boolean;
  /** It was there and stays as it is. */
  spared: boolean;
  /** It was made, so that nothing stood in it. */
  fresh: boolean;
  /** New entries in it have this process's owner and no attributes; undefined until somebody asks. */
  plain: boolean | undefined;
  /** It was made in a folder that is plain. */
  isPlainItself: boolean;
}

const slash = 0x2f;
const dot = 0x2e;

/** Whether a name stays in its folder. */
const isValidName = (name: Buffer): boolean =>
  name.length > 0 &&
  !name.includes(slash) &&
  !name.includes(0) &&
  !(name.length <= 2 && name[0] === dot && name[name.length - 1] === dot);

export class TreeRestorer {
  readonly #repository: Repository;
  readonly #selection: Selection;
  readonly #batches: RestoreBatches;
  readonly #report: RestoreReport;
  readonly #options: TreeRestoreOptions;
  readonly #links = new HardLinks();

  constructor(
    repository: Repository,
    selection: Selection,
    batches: RestoreBatches,
    report: RestoreReport,
    options: TreeRestoreOptions,
  ) {
    this.#repository = repository;
    this.#selection = selection;
    this.#batches = batches;
    this.#report = report;
    this.#options = options;
  }

  /** @param target exists; it gets no metadata, for no node describes it */
  async restore(tree: Buffer, target: TargetFolder): Promise<void> {
    const root = this.#folder(Buffer.from('/'), target, undefined);
    root.state = 'made';
    await this.#enter(root, tree);
    if (this.#options.delete) this.#batches.later(() => this.#deleteUnknown(root));
  }

  #folder(location: Buffer, target: TargetFolder, parent: Folder | undefined): Folder {
    return {
      location,
      target,
      parent,
      state: 'not made',
      names: this.#options.delete ? new Set() : undefined,
      complete: false,
      touched: false,
      selected: false,
      spared: false,
      fresh: false,
      plain: undefined,
      isPlainItself: false,
    };
  }

  async #enter(folder: Folder, tree: Buffer): Promise<void> {
    const bytes = await this.#load(folder, tree);
    if (bytes === undefined) return;
    for (const node of this.#nodes(folder, bytes)) {
      this.#options.signal?.throwIfAborted();
      await this.#visit(folder, node);
      await this.#batches.pause();
    }
  }

  /** Undefined when the tree cannot be read, which is reported. */
  async #load(folder: Folder, tree: Buffer): Promise<Buffer | undefined> {
    const { signal } = this.#options;
    try {
      return await this.#repository.loadBlob('tree', tree, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      this.#report.error(folder.location, error);
      return undefined;
    }
  }

  /** The nodes up to the first that is damaged, which is reported. */
  *#nodes(folder: Folder, bytes: Buffer): Generator<Node, void, void> {
    try {
      yield* decodeTree(bytes);
      folder.complete = true;
    } catch (error) {
      this.#report.error(folder.location, error);
    }
  }

  async #visit(folder: Folder, node: Node): Promise<void> {
    if (!isValidName(node.name)) {
      folder.names?.add(invalidName);
      this.#report.error(folder.location, new InvalidNodeNameError(folder.location, node.name));
      return;
    }
    folder.names?.add(node.name.toString('latin1'));
    // Sockets mean nothing without the process that listened.
    if (node.type === 'socket') return;
    const location = joinPath(folder.location, node.name);
    const { selected, descend } = this.#selection.select(location);
    if (node.type === 'dir') {
      const target = new TargetFolder(folder.target.folders, folder.target, node.name);
      await this.#visitFolder(this.#folder(location, target, folder), node, selected, descend);
    } else if (selected && this.#make(folder)) {
      folder.touched = true;
      this.#attempt(location, () => this.#visitEntry(folder, node, location));
    }
  }

  async #visitFolder(folder: Folder, node: Node, selected: boolean, descend: boolean): Promise<void> {
    folder.selected = selected;
    if (selected) {
      folder.touched = true;
      if (!this.#make(folder)) return;
    }
    if (descend) {
      if (node.subtree === undefined) {
        this.#report.error(
          folder.location,
          new UnrestorableError('the snapshot holds no content of the folder'),
        );
      } else {
        await this.#enter(folder, node.subtree);
      }
    }
    if (!folder.touched || folder.state === 'failed') return;
    if (folder.parent !== undefined) folder.parent.touched = true;
    if (folder.spared) return;
    this.#batches.later(() => {
      if (this.#options.delete) this.#deleteUnknown(folder);
      const { place } = folder.target;
      if (place === undefined) return;
      this.#finish(node, folder.location, place, folder.isPlainItself, () =>
        this.#report.folder(folder.location),
      );
      folder.target.close();
    });
  }

  /** Makes the folder and those above it; false when it cannot be made, which is reported once. */
  #make(folder: Folder): boolean {
    if (folder.state !== 'not made') return folder.state === 'made';
    if (folder.parent !== undefined && !this.#make(folder.parent)) {
      folder.state = 'failed';
      return false;
    }
    folder.state = 'made';
    const { place } = folder.target;
    if (place === undefined) return true;
    if (!folder.selected && this.#options.spareFoldersAbove && statOf(place)?.isDirectory()) {
      folder.spared = true;
      return true;
    }
    this.#attempt(folder.location, () => {
      if (this.#options.dryRun) return;
      folder.state = 'failed';
      folder.fresh = ensureFolder(place, folder.parent?.fresh ?? false);
      folder.isPlainItself = folder.fresh && folder.parent !== undefined && this.#isPlain(folder.parent);
      folder.state = 'made';
    });
    return folder.state === 'made';
  }

  #visitEntry(folder: Folder, node: Node, location: Buffer): void {
    const place = new Place(folder.target, node.name);
    if (node.type === 'file') {
      this.#visitFile(folder, node, location, place);
      return;
    }
    if (this.#isLeftAlone(node, place)) {
      this.#report.skipped(location);
      return;
    }
    this.#batches.later(() =>
      this.#attempt(location, () => {
        if (!this.#options.dryRun) {
          if (!folder.fresh) clearPlace(place, this.#options.delete);
          createSpecial(node, place);
        }
        const isPlain = !this.#options.dryRun && this.#isPlain(folder);
        this.#finish(node, location, place, isPlain, () => this.#report.other(location, false));
      }),
    );
  }

  #visitFile(folder: Folder, node: Node, location: Buffer, place: Place): void {
    const met = this.#links.meet(node, location, place);
    if (met.kind === 'further') {
      this.#visitFurtherName(node, location, place, met.first);
      return;
    }
    if (this.#isLeftAlone(node, place)) {
      this.#report.skipped(location, Number(node.size));
      return;
    }

    const stat = folder.fresh ? undefined : statOf(place);
    const before = {
      exists: stat?.isFile() ?? false,
      isAbsent: stat === undefined,
      metadata: stat === undefined ? this.#plainMetadata(folder, node) : undefined,
    };
    const file = (() => {
      try {
        return makeFileRestore(this.#repository.index, node, location, place, before);
      } catch (error) {
        if (met.kind === 'first') met.first.failed = true;
        throw error;
      }
    })();
    const looksSame =
      this.#options.overwrite === 'if-changed' &&
      stat?.isFile() === true &&
      stat.size === BigInt(file.size) &&
      stat.mtimeNs === node.mtime;
    if (looksSame) {
      file.outcome = 'unchanged';
      this.#report.bytes(file.size);
      this.#report.file(location, 'unchanged', file.size);
    }
    this.#batches.file(file);
    this.#batches.later(() => {
      // Without the time of the snapshot it is seen to be incomplete.
      if (file.outcome === 'failed') {
        if (met.kind === 'first') met.first.failed = true;
      } else if (!file.isFinished) {
        this.#finish(node, location, place, false);
      }
    });
  }

  /** What a thread may set on a new file, undefined for nothing. */
  #plainMetadata(folder: Folder, node: Node): PlainMetadata | undefined {
    // Reading back what was written would change its times.
    if (this.#options.dryRun || this.#options.verify) return undefined;
    return this.#isPlain(folder) ? plainMetadata(node, this.#options) : undefined;
  }

  /** A plain folder in which nothing was before has only what it inherits, and that is nothing. */
  #isPlain(folder: Folder): boolean {
    folder.plain ??= folder.isPlainItself || isPlainFolder(folder.target);
    return folder.plain;
  }

  #visitFurtherName(node: Node, location: Buffer, place: Place, first: FirstName): void {
    if (this.#isLeftAlone(node, place)) {
      this.#report.skipped(location, 0);
      return;
    }
    this.#batches.later(() =>
      this.#attempt(location, () => {
        if (first.failed)
          throw new UnrestorableError(`${first.location.toString()}, the same file, was not restored`);
        if (!this.#options.dryRun) linkTo(first.place, place, this.#options.delete);
        this.#report.other(location, true);
      }),
    );
  }

  #isLeftAlone(node: Node, place: Place): boolean {
    const { overwrite } = this.#options;
    if (overwrite === 'always' || overwrite === 'if-changed') return false;
    const stat = statOf(place);
    if (stat === undefined) return false;
    return overwrite === 'never' || node.mtime <= stat.mtimeNs;
  }

  /** @param isPlain see `MetadataOptions` */
  #finish(node: Node, location: Buffer, place: Place, isPlain: boolean, done?: () => void): void {
    this.#attempt(location, () => {
      if (!this.#options.dryRun) {
        applyMetadata(place, node, {
          ownership: this.#options.ownership,
          ownerOf: this.#options.ownerOf,
          selectsAttribute: this.#options.selectsAttribute,
          isPlain,
          warn: (problem) => this.#report.warning(location, problem),
        });
      }
      done?.();
    });
  }

  /** Removes what the snapshot does not hold, as far as it is selected. */
  #deleteUnknown(folder: Folder): void {
    if (!folder.complete || folder.names === undefined || folder.names.has(invalidName)) return;
    const names = folder.names;
    this.#attempt(folder.location, () => {
      // In a dry run the folder may not exist, or be something else.
      const own = folder.target.place;
      if (own !== undefined && !statOf(own)?.isDirectory()) return;
      for (const name of readdirSync(folder.target.reach(), { encoding: 'buffer' })) {
        if (names.has(name.toString('latin1'))) continue;
        const location = joinPath(folder.location, name);
        if (!this.#selection.select(location).selected) continue;
        const place = new Place(folder.target, name);
        this.#attempt(location, () => {
          if (this.#options.dryRun) this.#report.deleted(place.path);
          else removeTree(place, (removed) => this.#report.deleted(removed));
        });
      }
    });
  }

  #attempt(location: Buffer, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report.error(location, error);
    }
  }
}

/** Marks that the names of a folder are not all known. No file can have it. */
const invalidName = '/';
