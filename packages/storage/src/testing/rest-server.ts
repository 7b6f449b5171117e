/** Debian's `rclone serve restic` on a loopback port, over a folder of its own, until it is stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RestServer {
  readonly url: string;
  readonly folder: string;
  /** Killed as if the machine had failed; `again` serves the same folder at the same address. */
  kill(): Promise<void>;
  again(): Promise<void>;
  stop(): Promise<void>;
}

export interface RestServerOptions {
  readonly user?: { readonly name: string; readonly password: string };
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly appendOnly?: boolean;
}

export async function startRestServer(options: RestServerOptions = {}): Promise<RestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-rest-'));
  const { user, tls, appendOnly } = options;
  const serve = (address: string): ChildProcess =>
    spawn(
      'rclone',
      [
        ...['serve', 'restic', '--addr', address, '--config', '/dev/null', '-v'],
        ...(user === undefined ? [] : ['--user', user.name, '--pass', user.password]),
        ...(tls === undefined ? [] : ['--cert', tls.certificate, '--key', tls.key]),
        ...(appendOnly === true ? ['--append-only'] : []),
        folder,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  let server = serve('127.0.0.1:0');
  const url = await addressOf(server);
  const kill = async (): Promise<void> => {
    if (server.signalCode !== null || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    folder,
    kill,
    async again() {
      server = serve(new URL(url).host);
      await addressOf(server);
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addressOf(server: ChildProcess): Promise<string> {
  let log = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-5000);
  });
  for (let waited = 0; waited < 60_000; waited += 20) {
    const found = /https?:\/\/127\.0\.0\.1:\d+\//.exec(log)?.[0];
    if (found !== undefined) return found;
    if (server.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`rclone does not serve: ${log}`);
}
