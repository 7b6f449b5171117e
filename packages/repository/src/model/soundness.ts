/** What the model asks of every step: a sound repository, and no error but the loss of power. */
import assert from 'node:assert/strict';
import type { CheckReport } from '../check/check-report.ts';
import { PowerLostError } from '../testing/crashing-storage.ts';

export function assertSound({ findings }: CheckReport): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
}

export function isPowerLoss(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof PowerLostError) return true;
  return false;
}
