import { join } from 'node:path';
import { installMissingParts } from './debian-packages.ts';
import { resticSource } from './restic-source.ts';
import { runStaticChecks } from './static-checks.ts';
import { findTestFiles, runTestFiles } from './test-files.ts';

export interface SuiteOptions {
  /** The clone's root folder. */
  readonly root: string;
  /** Only test files whose path contains one of these; then the static checks are left out. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Everything a change must pass: lint, types, room rules, and every test against real parts.
 * Ends with the line `N passed, N failed`.
 * @returns true when nothing failed and something ran.
 */
export async function runSuite({ root, only, say, signal }: SuiteOptions): Promise<boolean> {
  const started = performance.now();
  await installMissingParts(say, signal);

  let passed = 0;
  let failed = 0;
  if (only.length === 0) {
    for await (const check of runStaticChecks(root)) {
      say(`${check.passed ? 'ok     ' : 'FAILED '} ${check.name}`);
      if (check.passed) passed += 1;
      else {
        failed += 1;
        say(check.output.trimEnd());
      }
    }
  }
  const files = await findTestFiles(root, only);
  const restic = await resticSource(root, files, say, signal);
  const environment = {
    // Each test is a process, and starts others: none of them has to strip types again.
    NODE_COMPILE_CACHE: join(root, '.node/compile-cache'),
    ...(restic !== undefined && { OCTOBOX_RESTIC_SOURCE: restic }),
  };
  const tests = await runTestFiles({ root, files, environment, say });
  passed += tests.passed;
  failed += tests.failed;
  say(`took ${Math.round((performance.now() - started) / 1000)} s`);
  say(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
  return failed === 0 && passed > 0;
}
