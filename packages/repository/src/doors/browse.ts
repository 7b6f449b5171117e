/** Looking around in a snapshot, page by page. */

export { systemFileMode } from '../format/go/file-mode.ts';
export { isValidUtf8 } from '../format/go/go-utf8.ts';
export {
  type BrowseEntry,
  browseFolder,
  type FolderPage,
  InvalidPageError,
  type PageOptions,
  type PathVersion,
  pathHistory,
  type RangeOptions,
  readFileRange,
  type SearchResult,
  searchSnapshot,
} from '../inspect/browse.ts';
export { type Entry, type EntryOptions, entriesOf } from '../inspect/entries.ts';
export { dumpNode } from '../restore/dump-file.ts';
export { findFolder, findNode } from '../restore/snapshot-path.ts';
