/** Which entries a backup leaves out: patterns, other file systems, marked folders, files that are too large. */
import { closeSync, lstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type FileStat, kindOf, statPath } from '../../filesystem/file-stat.ts';
import { PatternList } from '../../filesystem/patterns.ts';
import { absolutePath, type BytePath, joinPath, parentFolder, toBytes } from './byte-path.ts';

export interface SelectionOptions {
  /** Patterns in restic's syntax, matched against absolute paths. */
  readonly excludes?: readonly (string | Buffer)[] | undefined;
  /** The same without regard to case. */
  readonly iexcludes?: readonly (string | Buffer)[] | undefined;
  /** Files with a pattern on each line; `#` begins a comment, `$NAME` is taken from the environment. */
  readonly excludeFiles?: readonly string[] | undefined;
  readonly oneFileSystem?: boolean | undefined;
  /** `name` or `name:content`: folders that hold such a file are left out, but for that file. */
  readonly excludeIfPresent?: readonly string[] | undefined;
  /** Leaves out folders marked with a CACHEDIR.TAG (bford.info/cachedir). */
  readonly excludeCaches?: boolean | undefined;
  /** bytes */
  readonly excludeLargerThan?: number | undefined;
}

/** The same options without any that need the environment or could find another file: for another thread. */
export const resolvedSelection = (options: SelectionOptions): SelectionOptions => ({
  excludes: [...(options.excludes ?? []), ...(options.excludeFiles ?? []).flatMap(readPatterns)],
  iexcludes: options.iexcludes,
  oneFileSystem: options.oneFileSystem,
  excludeIfPresent: options.excludeIfPresent,
  excludeCaches: options.excludeCaches,
  excludeLargerThan: options.excludeLargerThan,
});

const CACHE_TAG = 'CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55';

interface Mark {
  readonly name: BytePath;
  readonly content: Buffer;
}

export class Selection {
  readonly #patterns: readonly PatternList[];
  readonly #marks: readonly Mark[];
  readonly #devices: ReadonlyMap<BytePath, bigint> | undefined;
  readonly #maxSize: bigint | undefined;

  /** Throws `InvalidPatternError`, and Node's errors for an exclude file or a source that cannot be read. */
  constructor(options: SelectionOptions, sources: readonly BytePath[]) {
    const excludes = [...(options.excludes ?? []), ...(options.excludeFiles ?? []).flatMap(readPatterns)];
    this.#patterns = [
      new PatternList(excludes),
      new PatternList(options.iexcludes ?? [], { ignoreCase: true }),
    ].filter((list) => !list.isEmpty);
    const marks = [...(options.excludeIfPresent ?? []), ...(options.excludeCaches ? [CACHE_TAG] : [])];
    this.#marks = marks.map(parseMark);
    this.#maxSize = options.excludeLargerThan === undefined ? undefined : BigInt(options.excludeLargerThan);
    if (options.oneFileSystem) {
      const devices = sources.map((path): [BytePath, bigint] => [path, statPath(toBytes(path)).device]);
      this.#devices = new Map(devices.map(([path, device]) => [absolutePath(path), device]));
    }
  }

  /** Asked before the entry is looked at. The path is absolute. */
  excludesName(path: BytePath): boolean {
    if (this.#patterns.length === 0) return false;
    const bytes = toBytes(path);
    return this.#patterns.some((list) => list.matches(bytes));
  }

  excludes(path: BytePath, stat: FileStat): boolean {
    const kind = kindOf(stat);
    if (this.#maxSize !== undefined && kind === 'file' && stat.size > this.#maxSize) return true;
    if (this.#devices === undefined || this.#onSourceDevice(path, stat.device)) return false;
    // A mount point is kept, as an empty folder, when its parent is on the source's file system.
    if (kind !== 'dir') return true;
    const parent = parentFolder(path);
    return !this.#onSourceDevice(parent, statPath(toBytes(parent)).device);
  }

  /** The names that alone are kept of a marked folder; undefined for a folder that is not marked. */
  keptNames(folder: BytePath): ReadonlySet<BytePath> | undefined {
    const found = this.#marks.filter((mark) => isMarked(folder, mark));
    return found.length === 0 ? undefined : new Set(found.map(({ name }) => name));
  }

  #onSourceDevice(path: BytePath, device: bigint): boolean {
    for (let at = path; ; at = parentFolder(at)) {
      const allowed = this.#devices?.get(at);
      if (allowed !== undefined) return allowed === device;
      if (at === parentFolder(at)) return false;
    }
  }
}

function parseMark(spec: string): Mark {
  const colon = spec.indexOf(':');
  const name = colon === -1 ? spec : spec.slice(0, colon);
  if (name === '') throw new RangeError(`${JSON.stringify(spec)} names no file that marks a folder`);
  return {
    name: Buffer.from(name).toString('latin1'),
    content: Buffer.from(colon === -1 ? '' : spec.slice(colon + 1)),
  };
}

/** A mark that cannot be read does not exclude: rather too much in the backup than too little. */
function isMarked(folder: BytePath, mark: Mark): boolean {
  const path = toBytes(joinPath(folder, mark.name));
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    if (mark.content.length === 0) return true;
    const file = openSync(path, 'r');
    try {
      const begin = Buffer.alloc(mark.content.length);
      return readSync(file, begin) === begin.length && begin.equals(mark.content);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function readPatterns(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (text, bare?: string, braced?: string) =>
        text === '$$' ? '$' : (process.env[bare ?? braced ?? ''] ?? ''),
      ),
    );
}
