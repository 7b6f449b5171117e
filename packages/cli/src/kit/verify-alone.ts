import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatKit, type Kit } from '@octobox/recovery-kit';
import { CliError } from '../errors.ts';
import type { VerifyRequest, VerifyResult } from './verify-process.ts';

const entry = fileURLToPath(new URL('./verify-process.ts', import.meta.url));

/**
 * Proves kits in a process that has nothing else: an empty home and an empty folder, no variable of this one but
 * the search path. What it restores is removed.
 */
export async function verifyAlone(
  kits: readonly Kit[],
  options: { readonly location: string | undefined; readonly certificateFile: string | undefined },
  signal: AbortSignal,
): Promise<Extract<VerifyResult, { ok: true }>> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-kit-'));
  try {
    await mkdir(join(folder, 'home'));
    const request: VerifyRequest = { kits: kits.map((kit) => formatKit(kit).join('\n')), ...options };
    const result = await ask(folder, request, signal);
    if (result.ok) return result;
    throw Object.assign(
      new CliError('cli.not-good', `the kit does not open the repository: ${result.message}`, {
        advice: result.advice ?? 'Do not rely on it: make a new one with octobox kit create.',
      }),
      { reason: result.code },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(folder: string, request: VerifyRequest, signal: AbortSignal): Promise<VerifyResult> {
  const child = spawn(process.execPath, ['--disable-sigusr1', entry], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr = (stderr + piece).slice(-2000);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(request));
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  try {
    return JSON.parse(stdout) as VerifyResult;
  } catch (cause) {
    throw new CliError(
      'cli.command-failed',
      `the process that verifies the kit ended without a result: ${stderr}`,
      {
        cause,
      },
    );
  }
}
