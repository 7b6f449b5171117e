import type { JobProgress } from '../platform/index.ts';
import type { Run } from './run.ts';

export type BackupFact =
  | { readonly type: 'run.started'; readonly run: Run }
  | { readonly type: 'run.progress'; readonly run: Run; readonly progress: JobProgress }
  /** It ended, in whatever state. */
  | { readonly type: 'run.finished'; readonly run: Run };
