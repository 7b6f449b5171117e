/**
 * Include and exclude patterns with restic's meaning (its `filter` package): components of
 * `filepath.Match`, `**` for any number of folders, a leading `/` to anchor, a leading `!` to take back
 * what an earlier pattern matched. A pattern without a leading `/` matches at any depth, and a matching
 * folder matches everything below it.
 *
 * Names are bytes: a path is given as a Buffer and compared bytewise, except where `?`, a class or
 * `ignoreCase` ask for characters.
 */
import { posix } from 'node:path';
import { RepositoryError } from '../errors.ts';
import { compileGlob, decodeRune, type Glob, matchGlob } from './glob.ts';

export interface PatternOptions {
  /** Compares lower-cased characters; bytes that are no UTF-8 are then all alike, as in restic. */
  readonly ignoreCase?: boolean;
}

export interface PatternMatch {
  /** The path is matched by the list. */
  readonly matched: boolean;
  /** Something below the path could be matched. Only ever false when every pattern rules it out. */
  readonly childMayMatch: boolean;
}

export class InvalidPatternError extends RepositoryError {
  readonly patterns: readonly string[];
  constructor(patterns: readonly string[]) {
    super('repository.invalid-pattern', `malformed pattern: ${patterns.join('\n')}`, {
      advice: 'Close every [ with ], and write \\ before a special character that stands for itself.',
    });
    this.patterns = patterns;
  }
}

const root = '/';

/** `literal` is set when the component holds no special character and can be compared as it is. */
type Component =
  | { readonly kind: 'literal'; readonly literal: string }
  | { readonly kind: 'glob'; readonly glob: Glob }
  | { readonly kind: 'folders' };

interface Pattern {
  readonly components: readonly Component[];
  readonly negated: boolean;
}

const oneFolder: Component = { kind: 'glob', glob: compileGlob('*') ?? [] };

/** An ordered list of patterns, parsed once. Empty patterns are ignored. */
export class PatternList {
  readonly #patterns: readonly Pattern[];
  readonly #hasNegated: boolean;
  readonly #ignoreCase: boolean;

  /** @throws InvalidPatternError naming every malformed pattern */
  constructor(patterns: readonly (string | Buffer)[], options: PatternOptions = {}) {
    this.#ignoreCase = options.ignoreCase ?? false;
    const invalid: string[] = [];
    const parsed: Pattern[] = [];
    for (const source of patterns) {
      if (source.length === 0) continue;
      const bytes = Buffer.from(source).toString('latin1');
      const pattern = parsePattern(this.#ignoreCase ? lowerCase(bytes) : bytes);
      if (pattern === undefined) invalid.push(source.toString());
      else parsed.push(pattern);
    }
    if (invalid.length > 0) throw new InvalidPatternError(invalid);
    this.#patterns = parsed;
    this.#hasNegated = parsed.some((pattern) => pattern.negated);
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** Whether the path (absolute or relative, not empty) is matched; false for an empty list. */
  matches(path: Buffer): boolean {
    if (this.isEmpty) return false;
    const names = this.#split(path);
    let matched = false;
    for (const pattern of this.#patterns) {
      // A pattern that cannot change the result need not be asked.
      if (matched === pattern.negated && matchComponents(pattern.components, names)) {
        matched = !pattern.negated;
        if (matched && !this.#hasNegated) return true;
      }
    }
    return matched;
  }

  /** As `matches`, and whether it is worth descending. Both false for an empty list. */
  match(path: Buffer): PatternMatch {
    let matched = false;
    let childMayMatch = false;
    if (this.isEmpty) return { matched, childMayMatch };
    const names = this.#split(path);
    for (const pattern of this.#patterns) {
      const hit = matchComponents(pattern.components, names);
      if (pattern.negated) {
        matched &&= !hit;
        childMayMatch &&= !hit;
      } else {
        matched ||= hit;
        childMayMatch ||= childMayMatchComponents(pattern.components, names);
        if (matched && childMayMatch && !this.#hasNegated) break;
      }
    }
    return { matched, childMayMatch };
  }

  #split(path: Buffer): string[] {
    if (path.length === 0) throw new RangeError('a path to match cannot be empty');
    const bytes = path.toString('latin1');
    return split(this.#ignoreCase ? lowerCase(bytes) : bytes);
  }
}

function parsePattern(source: string): Pattern | undefined {
  const negated = source.startsWith('!');
  const components: Component[] = [];
  for (const part of split(clean(negated ? source.slice(1) : source))) {
    // The pattern `/` has an empty second component, which restic takes for `**`.
    if (part === '**' || part === '') {
      components.push({ kind: 'folders' });
    } else if (/[\\[\]*?]/.test(part)) {
      const glob = compileGlob(part);
      if (glob === undefined) return undefined;
      components.push({ kind: 'glob', glob });
    } else {
      components.push({ kind: 'literal', literal: part });
    }
  }
  return { components, negated };
}

/** Go's `filepath.Clean`. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** An absolute path gets `/` as its first component. */
function split(path: string): string[] {
  const names = path.split('/');
  if (names[0] === '') names[0] = root;
  return names;
}

const isAnchored = (components: readonly Component[]): boolean => {
  const first = components[0];
  return first?.kind === 'literal' && first.literal === root;
};

const indexOfFolders = (components: readonly Component[]): number =>
  components.findIndex((component) => component.kind === 'folders');

function matchComponents(components: readonly Component[], names: readonly string[]): boolean {
  const folders = indexOfFolders(components);
  if (folders >= 0) return matchFolders(components, folders, names);
  if (components.length === 0) return names.length === 0;

  const highest = isAnchored(components) ? 0 : names.length - components.length;
  if (components.length > names.length) return false;
  const lowest = !isAnchored(components) && names[0] === root ? 1 : 0;
  for (let offset = highest; offset >= lowest; offset--) {
    if (matchesAt(components, names, offset)) return true;
  }
  return false;
}

/** The last component is the most selective one, so it is compared first. */
function matchesAt(components: readonly Component[], names: readonly string[], offset: number): boolean {
  for (let i = components.length - 1; i >= 0; i--) {
    const component = components[i] as Component;
    const name = names[offset + i] as string;
    if (component.kind === 'literal' ? component.literal !== name : !matchName(component, name)) return false;
  }
  return true;
}

const matchName = (component: Component, name: string): boolean =>
  component.kind === 'glob' && matchGlob(component.glob, name);

/**
 * `**` stands for none, one, two … components. Each `**` counts as at least one when the limit is
 * computed, so with several of them the last ones may stay untried: restic's behaviour, kept as it is.
 */
function matchFolders(components: readonly Component[], at: number, names: readonly string[]): boolean {
  const before = components.slice(0, at);
  const after = components.slice(at + 1);
  for (let count = 0; count <= names.length - components.length + 1; count++) {
    if (matchComponents([...before, ...after], names)) return true;
    before.push(oneFolder);
  }
  return false;
}

function childMayMatchComponents(components: readonly Component[], names: readonly string[]): boolean {
  if (!isAnchored(components)) return true;
  const folders = indexOfFolders(components);
  const known = folders >= 0 && names.length >= folders ? names.slice(0, folders) : names;
  return matchComponents(components.slice(0, known.length), known);
}

/** Go's `strings.ToLower`: character by character, without rules that look at the neighbours. */
function lowerCase(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes.toLowerCase();
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const { rune, length } = decodeRune(bytes, at);
    text += String.fromCodePoint(String.fromCodePoint(rune).toLowerCase().codePointAt(0) ?? rune);
    at += length;
  }
  return Buffer.from(text).toString('latin1');
}
