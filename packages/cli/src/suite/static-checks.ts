import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
}

interface StaticCheck {
  readonly name: string;
  /** The tool's JavaScript entry below `node_modules`, run by this very Node. */
  readonly script: string;
  readonly args: readonly string[];
}

const checks: readonly StaticCheck[] = [
  { name: 'format and lint', script: '@biomejs/biome/bin/biome', args: ['ci', '--colors=off', '.'] },
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'types of the console', script: 'typescript/bin/tsc', args: ['-p', 'packages/console'] },
  {
    name: 'directions between the rooms',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'packages', 'benchmarks'],
  },
];

/** Runs lint, types and room rules one after the other; each yields one result. */
export async function* runStaticChecks(root: string): AsyncGenerator<CheckResult> {
  for (const check of checks) {
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules', ...check.script.split('/')), ...check.args],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    yield { name: check.name, passed: code === 0, output };
  }
}
