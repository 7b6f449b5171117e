/**
 * Where the sources of a backup stand in its snapshot: restic's rules.
 *
 * `/srv/www` lies in the folders srv and www. A relative path keeps its own parts: `../a/b` is stored as a/b, with
 * the metadata of `../a` for a. A source without a name of its own (`.`, `..`, `/`) stands for what it holds. Two
 * roots that would share a first name are told apart by a number, as in `a` and `a-1`.
 */
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { RepositoryError } from '../../errors.ts';
import { SourceUnreadableError } from '../errors.ts';
import { type BytePath, cleanPath, joinPath, toBytes, toText } from './byte-path.ts';

export interface SourceTree {
  readonly children: Map<BytePath, SourceTree>;
  /** What is backed up here, whole; undefined for the folders on the way to it. */
  path: BytePath | undefined;
  /** Named by the user, so that exclude patterns do not apply to it. */
  explicit: boolean;
  /** Where the metadata of a folder on the way comes from. */
  metadata: BytePath | undefined;
  /** Tells apart sources that begin in different folders. */
  root: BytePath;
}

const node = (root: BytePath): SourceTree => ({
  children: new Map(),
  path: undefined,
  explicit: false,
  metadata: undefined,
  root,
});

/** Throws `SourceUnreadableError` when a folder that stands for its contents cannot be listed. */
export function buildSourceTree(paths: readonly BytePath[]): SourceTree {
  const tree = node('');
  const seen = new Set<BytePath>();
  for (const target of resolveNameless(paths.map(cleanPath))) {
    if (seen.has(target.path)) continue;
    seen.add(target.path);
    addTarget(tree, target.path, target.explicit);
  }
  spreadOverlaps(tree);
  return tree;
}

interface Target {
  readonly path: BytePath;
  readonly explicit: boolean;
}

/** The parts of a path that become names in the snapshot. */
const namesOf = (path: BytePath): BytePath[] =>
  cleanPath(`/${path}`)
    .split('/')
    .filter((name) => name !== '');

function resolveNameless(paths: readonly BytePath[]): Target[] {
  return paths.flatMap((path): Target[] => {
    if (namesOf(path).length > 0) return [{ path, explicit: true }];
    return list(path).map((name) => ({ path: joinPath(path, name), explicit: false }));
  });
}

function list(folder: BytePath): BytePath[] {
  try {
    return readdirSync(toBytes(folder), { encoding: 'latin1' }).sort();
  } catch (error) {
    throw new SourceUnreadableError(toText(folder), error);
  }
}

/** The folder that holds the first name of a path: `/`, `.`, or as many `..` as the path begins with. */
function rootOf(path: BytePath): BytePath {
  if (posix.isAbsolute(path)) return '/';
  const ups = path.split('/').filter((part) => part === '..');
  return ups.length === 0 ? '.' : ups.join('/');
}

function addTarget(tree: SourceTree, path: BytePath, explicit: boolean): void {
  const names = namesOf(path);
  const root = rootOf(path);
  const first = names[0] as BytePath;
  let name = first;
  for (let i = 1; tree.children.has(name) && tree.children.get(name)?.root !== root; i++)
    name = `${first}-${i}`;
  let at = tree.children.get(name) ?? node(root);
  tree.children.set(name, at);
  let folder = joinPath(root, first);
  for (const part of names.slice(1)) {
    at.metadata = folder;
    folder = joinPath(folder, part);
    const next = at.children.get(part) ?? node(root);
    at.children.set(part, next);
    at = next;
  }
  if (at.path !== undefined) {
    throw new RepositoryError(
      'repository.source-twice',
      `${toText(path)} and ${toText(at.path)} are the same source`,
      {
        advice: 'Name each source once.',
      },
    );
  }
  at.path = path;
  at.explicit = explicit;
}

/** A source that has another one inside becomes a folder on the way, all its entries sources. */
function spreadOverlaps(tree: SourceTree): void {
  if (tree.path !== undefined && tree.children.size > 0) {
    for (const name of list(tree.path)) {
      const child = tree.children.get(name) ?? node(tree.root);
      child.path ??= joinPath(tree.path, name);
      tree.children.set(name, child);
    }
    tree.metadata ??= tree.path;
    tree.path = undefined;
    tree.explicit = false;
  }
  for (const child of tree.children.values()) spreadOverlaps(child);
}
