import type { JobProgress } from '../platform/index.ts';
import type { MirrorRun } from './mirror-run.ts';

export type OffSiteFact =
  | { readonly type: 'mirror.started'; readonly mirror: MirrorRun }
  | { readonly type: 'mirror.progress'; readonly mirror: MirrorRun; readonly progress: JobProgress }
  /** It ended, in whatever state. */
  | { readonly type: 'mirror.finished'; readonly mirror: MirrorRun };
