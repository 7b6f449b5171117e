/** The two things of the sample company that are protected. */
export type Part = 'database' | 'files';

/** One question of a verification, with its answer. */
export interface ToldCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly summary: string;
}

/** One part in the closing table. Sizes in bytes, times in seconds. */
export interface ToldPart {
  readonly part: Part;
  readonly what: string;
  readonly bytesRead: number;
  readonly bytesStored: number;
  readonly backups: number;
  readonly rehearsedSeconds: number;
  readonly recoverySeconds: number;
  readonly rtoSeconds: number;
  readonly recoveryPointSeconds: number;
  readonly rpoSeconds: number;
  readonly lost: string;
}

/**
 * What the demo tells, step by step. With `--json` each is one line of standard output, with the type
 * as `message_type`; otherwise it becomes sentences. Times are ISO 8601 in UTC, sizes are bytes.
 */
export type Fact =
  | { readonly type: 'opening'; readonly folder: string; readonly keep: boolean }
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'company';
      readonly database: string;
      readonly tables: number;
      /** Of the largest table; none on SQLite. */
      readonly partitions: number;
      readonly rows: number;
      readonly files: number;
      readonly bytes: number;
      readonly seconds: number;
      readonly ordersPerSecond: number;
    }
  | { readonly type: 'page'; readonly url: string }
  | { readonly type: 'chapter'; readonly number: number; readonly title: string; readonly sentence: string }
  | {
      readonly type: 'backup';
      readonly round: 1 | 2;
      readonly part: Part;
      readonly bytesRead: number;
      readonly bytesStored: number;
      readonly seconds: number;
      readonly snapshot: string;
    }
  | { readonly type: 'deduplication'; readonly bytesRead: number; readonly bytesStored: number }
  | {
      readonly type: 'drill';
      readonly part: Part;
      readonly passed: boolean;
      readonly seconds: number;
      readonly rtoSeconds: number;
      readonly recoveryPointSeconds: number;
      readonly rpoSeconds: number;
      readonly checks: readonly ToldCheck[];
    }
  | {
      readonly type: 'disaster';
      readonly at: string;
      readonly tables: readonly string[];
      readonly folders: readonly string[];
    }
  | {
      readonly type: 'noticed';
      readonly part: Part;
      readonly at: string;
      readonly seconds: number;
      readonly findings: readonly string[];
    }
  | {
      readonly type: 'incident';
      readonly at: string;
      readonly id: string;
      readonly title: string;
      readonly url: string;
      readonly estimateSeconds: number | undefined;
    }
  | {
      readonly type: 'restored';
      readonly at: string;
      readonly part: Part;
      readonly passed: boolean;
      readonly seconds: number;
      readonly checks: readonly ToldCheck[];
    }
  | { readonly type: 'reopened'; readonly at: string; readonly outSeconds: number }
  | {
      readonly type: 'orders';
      readonly acknowledged: number;
      readonly back: number;
      readonly lost: number;
      readonly lostAmountCents: number;
      readonly firstLost: { readonly id: number; readonly at: string } | undefined;
      readonly lastLost: { readonly id: number; readonly at: string } | undefined;
      /** Acknowledged before the recovery point and still not there: must be none. */
      readonly missing: number;
      readonly recoveryPointAt: string;
      readonly recoveryPointSeconds: number;
    }
  | {
      readonly type: 'invoices';
      readonly written: number;
      readonly back: number;
      readonly lost: number;
      readonly missing: number;
    }
  | { readonly type: 'resolved'; readonly at: string; readonly id: string; readonly seconds: number }
  | { readonly type: 'summary'; readonly parts: readonly ToldPart[] }
  | {
      readonly type: 'staying';
      readonly url: string;
      readonly schedules: readonly string[];
      readonly kept: boolean;
    }
  | { readonly type: 'closing'; readonly folder: string; readonly keep: boolean };
