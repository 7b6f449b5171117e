import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface TestFilesOptions {
  readonly root: string;
  /** As {@link findTestFiles} gives them. */
  readonly files: readonly string[];
  /** What the tests find in their environment beside what is there already. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

const fileTimeout = 15 * 60_000; // a file that hangs must not take the whole run with it

/** The test files below `root`, by path; only those whose path contains one of `only`, all when that is empty. */
export async function findTestFiles(root: string, only: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob('{packages,benchmarks}/**/*.test.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name.endsWith('/node_modules'),
  })) {
    if (only.length === 0 || only.some((part) => file.includes(part))) found.push(file);
  }
  return found.sort();
}

/** Runs test files, one more at a time than there are processors, since most wait now and then; each in a process of its own; prints a line a file and every failure. */
export async function runTestFiles(options: TestFilesOptions): Promise<Tally> {
  const { root, files, environment, say } = options;
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  let done = 0;
  const stream = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    concurrency: availableParallelism() + 1,
    timeout: fileTimeout,
    env: { ...process.env, ...environment },
  });
  const shorten = (file: string | undefined): string => file?.replace(`${root}/`, '') ?? 'unknown file';
  stream.on('test:fail', (event) => {
    if (event.details.type === 'suite') return;
    tally.failed += 1;
    const cause = event.details.error.cause ?? event.details.error;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    say(`FAILED  ${shorten(event.file)}: ${event.name}\n${text.replace(/^/gm, '        ')}`);
  });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip !== undefined && event.skip !== false) {
      tally.skipped += 1;
      say(
        `skipped ${shorten(event.file)}: ${event.name} (${event.skip === true ? 'no reason' : event.skip})`,
      );
    } else {
      tally.passed += 1;
    }
  });
  stream.on('test:stderr', (event) => {
    if (process.env.OCTOBOX_TEST_VERBOSE !== undefined) say(event.message.trimEnd());
  });
  stream.on('test:summary', (event) => {
    if (event.file === undefined) return;
    done += 1;
    const { passed, tests, skipped, todo } = event.counts;
    const failed = tests - passed - skipped - todo;
    const seconds = (event.duration_ms / 1000).toFixed(1);
    say(
      `${failed === 0 ? 'ok     ' : 'FAILED '} ${shorten(event.file)}  ${passed} passed, ${seconds} s  [${done}/${files.length}]`,
    );
  });
  // Reading is what lets the stream end.
  for await (const _ of stream);
  return tally;
}
