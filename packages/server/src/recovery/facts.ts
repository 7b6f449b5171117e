import type { JobProgress } from '../platform/index.ts';
import type { Drill, Restore } from './recovery.ts';

export type RecoveryFact =
  | { readonly type: 'drill.started'; readonly drill: Drill }
  | { readonly type: 'drill.progress'; readonly drill: Drill; readonly progress: JobProgress }
  /** It ended, in whatever state. */
  | { readonly type: 'drill.finished'; readonly drill: Drill }
  | { readonly type: 'restore.started'; readonly restore: Restore }
  | { readonly type: 'restore.progress'; readonly restore: Restore; readonly progress: JobProgress }
  /** It ended, in whatever state. */
  | { readonly type: 'restore.finished'; readonly restore: Restore };
