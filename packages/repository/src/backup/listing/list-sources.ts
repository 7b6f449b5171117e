/** Goes through the sources of a backup and looks at each entry, in the order in which trees hold them. */
import { readdirSync } from 'node:fs';
import { kindOf, statPath } from '../../filesystem/file-stat.ts';
import { describeNode } from '../../filesystem/read-node.ts';
import { encodeNodeStart } from '../../format/trees/tree.ts';
import { type BytePath, toBytes } from './byte-path.ts';
import { type Entry, folderEntries, sourceEntries } from './entries.ts';
import type { ListedEntriesWriter, ListedFailure } from './listed-entries.ts';
import type { Selection } from './selection.ts';
import type { SourceTree } from './source-tree.ts';

export interface ListOptions {
  readonly sources: SourceTree;
  readonly selection: Selection;
  readonly withAtime: boolean;
}

export function listSources(
  { sources, selection, withAtime }: ListOptions,
  writer: ListedEntriesWriter,
): void {
  const folders: Iterator<Entry>[] = [sourceEntries(sources)];
  for (let folder = folders.at(-1); folder !== undefined; folder = folders.at(-1)) {
    const next = folder.next();
    if (next.done) {
      writer.end();
      folders.pop();
      continue;
    }
    const inside = visit(next.value, { sources, selection, withAtime }, writer);
    if (inside !== undefined) folders.push(inside);
  }
  writer.flush();
}

/** The entries of a folder that is entered. */
function visit(
  entry: Entry,
  { selection, withAtime }: ListOptions,
  writer: ListedEntriesWriter,
): Iterator<Entry> | undefined {
  const { name, source } = entry;
  if (source !== undefined && source.path === undefined) {
    writer.way(name);
    return sourceEntries(source);
  }
  const explicit = source?.explicit ?? false;
  if (!explicit && selection.excludesName(entry.absolute)) return undefined;
  try {
    const path = toBytes(entry.path);
    const stat = statPath(path);
    if (!explicit && selection.excludes(entry.absolute, stat)) return undefined;
    const kind = kindOf(stat);
    if (kind === 'socket') return undefined;
    if (kind === 'irregular') throw new Error('it is of a kind that cannot be backed up');
    const start = encodeNodeStart(describeNode(path, toBytes(name), stat, withAtime));
    const inside = kind === 'dir' ? entriesOf(entry, selection) : undefined;
    writer.entry(kind, name, start, stat);
    return inside;
  } catch (error) {
    writer.failed(name, describe(error));
    return undefined;
  }
}

function entriesOf(folder: Entry, selection: Selection): Iterator<Entry> {
  let names: BytePath[] = readdirSync(toBytes(folder.path), { encoding: 'latin1' });
  const kept = selection.keptNames(folder.absolute);
  if (kept !== undefined) names = names.filter((name) => kept.has(name));
  return folderEntries(folder, names.sort().join('/'));
}

function describe(error: unknown): ListedFailure {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}
