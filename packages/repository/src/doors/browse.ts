/** Looking around in a snapshot, page by page. */
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
