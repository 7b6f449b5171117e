import type { Finding } from '@octobox/repository';

/** What a check came to; kept as the result of its job. */
export interface CheckOutcome {
  readonly data: string;
  readonly errors: number;
  readonly hints: number;
  readonly snapshots: number;
  readonly packs: number;
  readonly packsRead: number;
  readonly bytesRead: number;
  /** The first hundred, errors before hints. */
  readonly findings: readonly {
    readonly severity: Finding['severity'];
    readonly code: string;
    readonly message: string;
  }[];
}
