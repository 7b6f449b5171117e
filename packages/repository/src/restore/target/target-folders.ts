/**
 * The folders of a restore's target, each opened by its name in the one above it and held open while it is worked in,
 * so that nobody who exchanges a folder for a symbolic link leads the restore elsewhere.
 *
 * Linux resolves `/proc/self/fd/<descriptor>/<name>` from the open folder, in every call and every thread, also where the
 * whole path would be too long. Where that is missing (other systems, no /proc) plain paths are used, and a
 * folder that is exchanged while the restore runs is not noticed.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { joinPath } from '../snapshot-path.ts';

const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** Opens for reaching what is below, with no right to read; Node has no name for it. The same on all of Linux's processors that Node has. */
export const O_PATH = 0o10000000;

/** Open folders that nobody holds; further ones are opened again when they are needed. */
const mostKept = 64;

export class TargetFolders implements Disposable {
  readonly root: TargetFolder;
  readonly #byDescriptor = new Map<number, TargetFolder>();
  /** Those that may be closed, the one used last at the end. */
  readonly #closable = new Set<TargetFolder>();
  #usesDescriptors = process.platform === 'linux';

  /** @param target may contain links, and be one: whoever named it means what it leads to */
  constructor(target: Buffer) {
    this.root = new TargetFolder(this, undefined, target);
  }

  /** False where calls are given plain paths. */
  get usesDescriptors(): boolean {
    if (this.#usesDescriptors && this.#byDescriptor.size === 0) this.open(this.root);
    return this.#usesDescriptors;
  }

  /** What a system's error says, with the paths of the target in place of descriptors. */
  shown(text: string): string {
    return text.replace(
      /\/proc\/self\/fd\/(\d+)/g,
      (all, number) => this.#byDescriptor.get(Number(number))?.path.toString() ?? all,
    );
  }

  /** The folder is open afterwards, those above it perhaps no longer. */
  open(folder: TargetFolder): void {
    if (!this.#usesDescriptors) return;
    if (folder.descriptor >= 0) {
      this.#use(folder);
      return;
    }
    const closed: TargetFolder[] = [];
    let above: TargetFolder | undefined = folder;
    for (; above !== undefined && above.descriptor < 0; above = above.parent) closed.push(above);
    if (above !== undefined) this.#use(above);
    for (let next = closed.pop(); next !== undefined; next = closed.pop()) {
      if (next.parent === undefined) this.#openRoot(next);
      else this.#opened(next, openSync(next.parent.join(next.name), O_PATH | O_DIRECTORY | O_NOFOLLOW));
      if (!this.#usesDescriptors) return;
    }
  }

  close(folder: TargetFolder): void {
    if (folder.descriptor < 0) return;
    this.#closable.delete(folder);
    this.#byDescriptor.delete(folder.descriptor);
    closeSync(folder.descriptor);
    folder.descriptor = -1;
  }

  /** Tells that the folder is held, or no longer. */
  held(folder: TargetFolder, isHeld: boolean): void {
    if (isHeld) this.#closable.delete(folder);
    else if (folder.descriptor >= 0) this.#use(folder);
  }

  [Symbol.dispose](): void {
    for (const folder of [...this.#byDescriptor.values()]) this.close(folder);
  }

  #openRoot(root: TargetFolder): void {
    const descriptor = openSync(root.name, O_PATH | O_DIRECTORY);
    if (leadsTo(descriptor)) {
      this.#opened(root, descriptor);
    } else {
      closeSync(descriptor);
      this.#usesDescriptors = false;
    }
  }

  #opened(folder: TargetFolder, descriptor: number): void {
    folder.descriptor = descriptor;
    this.#byDescriptor.set(descriptor, folder);
    this.#use(folder);
  }

  #use(folder: TargetFolder): void {
    if (folder.isHeld) return;
    this.#closable.delete(folder);
    this.#closable.add(folder);
    if (this.#closable.size <= mostKept) return;
    for (const oldest of this.#closable) {
      this.close(oldest);
      return;
    }
  }
}

/** Whether /proc shows this process's descriptors. */
function leadsTo(descriptor: number): boolean {
  try {
    const again = openSync(`/proc/self/fd/${descriptor}/.`, O_PATH);
    try {
      const [one, other] = [fstatSync(descriptor), fstatSync(again)];
      return one.ino === other.ino && one.dev === other.dev;
    } finally {
      closeSync(again);
    }
  } catch {
    return false;
  }
}

export class TargetFolder {
  readonly folders: TargetFolders;
  readonly parent: TargetFolder | undefined;
  /** The whole path for the root. */
  readonly name: Buffer;
  /** Negative while it is closed. */
  descriptor = -1;
  #holders = 0;

  constructor(folders: TargetFolders, parent: TargetFolder | undefined, name: Buffer) {
    this.folders = folders;
    this.parent = parent;
    this.name = name;
  }

  /** For people; not for calls. */
  get path(): Buffer {
    return this.parent === undefined ? this.name : joinPath(this.parent.path, this.name);
  }

  /** The root is always held: everything is reached from there. */
  get isHeld(): boolean {
    return this.#holders > 0 || this.parent === undefined;
  }

  /** Where the folder lies in the one above it. */
  get place(): Place | undefined {
    return this.parent === undefined ? undefined : new Place(this.parent, this.name);
  }

  /**
   * What calls are to be given for the folder itself, which is followed: good until something else is reached, unless
   * it is held. @throws the system's error when it is no folder, or cannot be entered
   */
  reach(): Buffer {
    this.folders.open(this);
    return this.descriptor < 0 ? this.path : Buffer.from(`/proc/self/fd/${this.descriptor}`);
  }

  /** A path for an entry of the folder, which is open. */
  join(name: Buffer): Buffer {
    if (this.descriptor < 0) return joinPath(this.path, name);
    const prefix = `/proc/self/fd/${this.descriptor}/`;
    const path = Buffer.allocUnsafe(prefix.length + name.length);
    path.write(prefix, 'latin1');
    name.copy(path, prefix.length);
    return path;
  }

  /** Keeps it open until as many calls of `release`. @throws as `reach` */
  hold(): void {
    this.folders.open(this);
    if (this.#holders++ === 0) this.folders.held(this, true);
  }

  release(): void {
    if (--this.#holders === 0) this.folders.held(this, false);
  }

  /** It will hardly be needed again. */
  close(): void {
    if (!this.isHeld) this.folders.close(this);
  }
}

/** Where an entry stands, or will stand: a name in a folder. */
export class Place {
  readonly folder: TargetFolder;
  readonly name: Buffer;

  constructor(folder: TargetFolder, name: Buffer) {
    this.folder = folder;
    this.name = name;
  }

  /** For people; not for calls. */
  get path(): Buffer {
    return joinPath(this.folder.path, this.name);
  }

  /**
   * What calls are to be given: good until another folder is reached, unless this one is held. The entry
   * itself may be a link, which most calls must be told not to follow. @throws as `TargetFolder.reach`
   */
  reach(): Buffer {
    this.folder.folders.open(this.folder);
    return this.folder.join(this.name);
  }
}
