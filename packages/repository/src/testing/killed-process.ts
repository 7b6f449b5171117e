/** Runs one of the programs beside this file, which others kill, and kills it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type KilledProgram = 'backup' | 'mirror' | 'prune' | 'repair';

export interface Killed {
  /** Milliseconds from its first line to its end. */
  readonly took: number;
  /** Null when it was killed. */
  readonly code: number | null;
  readonly output: string;
}

/** @param killAfter milliseconds after its first line; Infinity lets it come to its end */
export async function runAndKill(
  program: KilledProgram,
  args: readonly string[],
  killAfter = Number.POSITIVE_INFINITY,
): Promise<Killed> {
  const path = fileURLToPath(new URL(`./${program}-process.ts`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = once(child, 'close');
  const begun = once(child.stdout, 'data');
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
  });
  await Promise.race([begun, ended]);
  const start = performance.now();
  const kill =
    killAfter === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code] = (await ended) as [number | null];
  clearTimeout(kill);
  return { took: performance.now() - start, code, output };
}
