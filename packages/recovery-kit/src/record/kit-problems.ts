import type { KitRecord } from './kit-record.ts';

export interface PresentKeys {
  readonly layers: readonly string[];
  /** By secret; of keys that are not on this machine there is none, and nothing is said about them. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** undefined when the repository was not looked at. */
  readonly keyFiles: readonly string[] | undefined;
}

export type KitProblemCode = 'never-made' | 'never-verified' | 'stale' | 'verified-long-ago';

export interface KitProblem {
  readonly code: KitProblemCode;
  readonly message: string;
}

const VERIFIED_FOR_MS = 365 * 24 * 3600 * 1000;

/** What is wrong with the recovery kits of a repository; nothing when they were proved and still fit. */
export function kitProblems(record: KitRecord | undefined, now: PresentKeys, at = Date.now()): KitProblem[] {
  if (record === undefined) {
    return [{ code: 'never-made', message: 'no recovery kit was ever made: run octobox kit create' }];
  }
  const stale = (what: string): KitProblem => ({
    code: 'stale',
    message: `the recovery kit is older than a change of ${what}: make a new one, and destroy the old`,
  });
  const problems: KitProblem[] = [];
  if (record.layers.join() !== now.layers.join()) problems.push(stale('the layers'));
  for (const [of, value] of Object.entries(now.fingerprints)) {
    if (record.fingerprints[of] === value) continue;
    problems.push(stale(of === 'password' ? 'the repository password' : `the keys of the ${of} layer`));
  }
  if (now.keyFiles !== undefined && now.keyFiles.join() !== record.keyFiles.join()) {
    problems.push(stale('the passwords of the repository'));
  }
  const { verified } = record;
  if (verified === undefined) {
    problems.push({
      code: 'never-verified',
      message: 'the recovery kit was never verified: run octobox kit verify on all its parts',
    });
  } else if (at - Date.parse(verified.at) > VERIFIED_FOR_MS) {
    problems.push({
      code: 'verified-long-ago',
      message: `the recovery kit was verified last on ${verified.at.slice(0, 10)}, more than a year ago`,
    });
  }
  return problems;
}
