/** What a check finds. */
import type { StoredFile } from '@octobox/storage';

export type FindingCode =
  | 'config-damaged'
  | 'key-damaged'
  | 'lock-damaged'
  | 'index-damaged'
  | 'index-lost'
  | 'snapshot-damaged'
  | 'pack-missing'
  | 'pack-wrong-size'
  | 'pack-damaged'
  | 'pack-header-damaged'
  | 'pack-unlike-index'
  | 'pack-index-contradiction'
  | 'pack-indexed-twice'
  | 'pack-unreferenced'
  | 'pack-mixed'
  | 'tree-missing'
  | 'tree-damaged'
  | 'node-invalid'
  | 'blob-missing'
  | 'blob-damaged'
  | 'blob-unused'
  | 'snapshot-incomplete';

export interface Finding {
  /** An error is damage; a hint costs space or time only. */
  readonly severity: 'error' | 'hint';
  readonly code: FindingCode;
  /** The file of the repository that is damaged, missing or superfluous. */
  readonly file?: StoredFile | undefined;
  readonly message: string;
  /** What of the snapshot named by `file` is lost; for `snapshot-incomplete`, the first twenty. */
  readonly paths?: readonly string[] | undefined;
}

export interface CheckReport {
  /** The first thousand. */
  readonly findings: readonly Finding[];
  /** Every `snapshot-incomplete`, however many other findings there are. */
  readonly incompleteSnapshots: readonly Finding[];
  readonly errorCount: number;
  readonly hintCount: number;
  readonly snapshots: number;
  /** Sound snapshots that the filter left out. */
  readonly snapshotsLeftOut: number;
  readonly indexes: number;
  readonly packs: number;
  /** Entries in the index; a blob that exists twice counts twice. */
  readonly blobs: number;
  readonly trees: number;
  /** Packs read as a whole, and their bytes. */
  readonly packsRead: number;
  readonly bytesRead: number;
}

export type CheckPhase = 'index' | 'packs' | 'trees' | 'data';

export interface CheckProgress {
  readonly phase: CheckPhase;
  readonly done: number;
  /** Not known while trees are walked. */
  readonly total?: number | undefined;
  readonly bytesDone?: number | undefined;
  readonly bytesTotal?: number | undefined;
}

const findingsKept = 1000;

export class Findings {
  readonly kept: Finding[] = [];
  readonly incomplete: Finding[] = [];
  errors = 0;
  hints = 0;
  readonly #listen: ((finding: Finding) => void) | undefined;

  constructor(listen: ((finding: Finding) => void) | undefined) {
    this.#listen = listen;
  }

  error(code: FindingCode, message: string, file?: StoredFile, paths?: readonly string[]): void {
    this.add({ severity: 'error', code, message, file, paths });
  }

  hint(code: FindingCode, message: string, file?: StoredFile): void {
    this.add({ severity: 'hint', code, message, file });
  }

  add(finding: Finding): void {
    if (finding.severity === 'error') this.errors++;
    else this.hints++;
    if (this.kept.length < findingsKept) this.kept.push(finding);
    if (finding.code === 'snapshot-incomplete') this.incomplete.push(finding);
    this.#listen?.(finding);
  }
}

export const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
