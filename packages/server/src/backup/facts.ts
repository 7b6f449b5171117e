import type { JobProgress } from '../platform/index.ts';
import type { Run } from './run.ts';
import type { CheckOutcome } from './upkeep/check-outcome.ts';
import type { RetentionRefusal } from './upkeep/retention-refusal.ts';

export type BackupFact =
  | { readonly type: 'run.started'; readonly run: Run }
  | { readonly type: 'run.progress'; readonly run: Run; readonly progress: JobProgress }
  /** It ended, in whatever state. */
  | { readonly type: 'run.finished'; readonly run: Run }
  /** The rules would forget what looks like a mistake or an attack; nothing of the source was removed. */
  | { readonly type: 'retention.refused'; readonly refusal: RetentionRefusal }
  /** Also when it found damage. */
  | { readonly type: 'check.finished'; readonly outcome: CheckOutcome };
