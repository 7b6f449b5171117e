import type { Drill, Platform, ProtectedSource, Restore, Run } from '@octobox/server';
import type { ProgressState } from '../../output/progress.ts';
import type { Company } from '../company/company.ts';
import type { Part } from '../telling/fact.ts';
import type { Teller } from '../telling/teller.ts';

/** Everybody who is on stage. */
export interface Scene {
  readonly company: Company;
  readonly platform: Platform;
  readonly sources: Readonly<Record<Part, ProtectedSource>>;
  readonly teller: Teller;
  /** Address of the public page. */
  readonly url: string;
  readonly signal: AbortSignal;
}

export const parts: readonly Part[] = ['database', 'files'];

/** Everything that was measured on the way, for the closing table. */
export interface Measured {
  readonly runs: Readonly<Record<Part, readonly Run[]>>;
  readonly drills: Readonly<Record<Part, Drill>>;
  readonly restores: Readonly<Record<Part, Restore>>;
  readonly recoveryPointSeconds: Readonly<Record<Part, number>>;
  readonly lost: Readonly<Record<Part, string>>;
}

interface PlatformProgress {
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
}

/** The platform's progress in the form of the command's progress bars. */
export const shown =
  (update: (state: ProgressState) => void, part: Part) =>
  (progress: PlatformProgress): void =>
    update({
      step: `${part}: ${progress.step}`,
      done: progress.done ?? 0,
      total: progress.total,
      unit: progress.unit ?? 'steps',
    });
