/** Folders of a snapshot as tar or zip. */
export { type ArchiveFormat, type ArchiveOptions, archiveFolder } from '../archive/archive-folder.ts';
export { type Dump, dumpPath } from '../archive/dump-path.ts';
