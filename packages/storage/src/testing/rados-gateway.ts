/**
 * Ceph's S3 service with what it stands on, a monitor and a store in memory, on loopback ports, until it is stopped: a server
 * that refuses for itself what versions and object locks forbid.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

export interface RadosGateway {
  readonly url: string;
  /** What a client must be given. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const patienceMs = 120_000;

const run = promisify(execFile);

export async function startRadosGateway(): Promise<RadosGateway> {
  const root = await mkdtemp(join(tmpdir(), 'octobox-rgw-'));
  const cluster = new Cluster(root, randomUUID());
  try {
    return await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class Cluster {
  readonly #root: string;
  readonly #id: string;
  readonly #running: ChildProcess[] = [];

  constructor(root: string, id: string) {
    this.#root = root;
    this.#id = id;
  }

  async start(): Promise<RadosGateway> {
    const monitors = `[v2:127.0.0.1:${await freePort()},v1:127.0.0.1:${await freePort()}]`;
    const port = await freePort();
    const [map, keyring] = [join(this.#root, 'monmap'), join(this.#root, 'keyring')];
    await writeFile(join(this.#root, 'ceph.conf'), configuration(this.#root, this.#id, monitors, port));
    for (const folder of ['mon', 'osd']) await mkdir(join(this.#root, folder));

    await this.#run('monmaptool', '--create', '--fsid', this.#id, '--addv', 'a', monitors, map);
    const monitor = ['--cap', 'mon', 'allow *'];
    await this.#run('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', ...monitor);
    const everything = [...monitor, '--cap', 'osd', 'allow *'];
    await this.#run('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...everything);
    await this.#run('ceph-mon', '--id', 'a', '--mkfs', '--monmap', map, '--keyring', keyring);
    await this.#begin('ceph-mon', '--id', 'a');

    const store = randomUUID();
    const secret = (await this.#run('ceph-authtool', '--gen-print-key')).stdout.trim();
    await this.#run('ceph-authtool', keyring, '--name', 'osd.0', '--add-key', secret);
    await writeFile(join(this.#root, 'osd.json'), JSON.stringify({ cephx_secret: secret }), { mode: 0o600 });
    await this.#run('ceph', 'osd', 'new', store, '-i', join(this.#root, 'osd.json'));
    const osd = ['ceph-osd', '--id', '0', '--no-mon-config'] as const;
    await this.#run(...osd, '--mkfs', '--osd-uuid', store);
    await this.#begin(...osd);

    await this.#begin('radosgw', '--name', 'client.admin', '--no-mon-config');
    const url = `http://127.0.0.1:${port}`;
    await this.#answers(url);
    const [id, password] = [randomBytes(10).toString('hex'), randomBytes(20).toString('hex')];
    const user = ['--uid=tester', '--display-name=tester', `--access-key=${id}`, `--secret-key=${password}`];
    await this.#run('radosgw-admin', '--no-mon-config', 'user', 'create', ...user);
    return {
      url,
      environment: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: password },
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    for (const server of this.#running.reverse()) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await rm(this.#root, { recursive: true, force: true });
  }

  get #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, CEPH_CONF: join(this.#root, 'ceph.conf') };
  }

  async #run(program: string, ...args: string[]): Promise<{ stdout: string }> {
    return await run(program, args, { env: this.#environment, timeout: patienceMs, killSignal: 'SIGKILL' });
  }

  async #begin(program: string, ...args: string[]): Promise<void> {
    const said = openSync(join(this.#root, `${program}.said`), 'w');
    const server = spawn(program, [...args, '--foreground'], {
      env: this.#environment,
      stdio: ['ignore', said, said],
    });
    closeSync(said);
    process.once('exit', () => server.kill('SIGKILL'));
    await once(server, 'spawn');
    this.#running.push(server);
  }

  async #answers(url: string): Promise<void> {
    for (const until = Date.now() + patienceMs; ; await sleep(100)) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer !== undefined) return;
      const gone = this.#running.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (gone === undefined && Date.now() < until) continue;
      const said = ['ceph-mon', 'ceph-osd', 'radosgw'].map((program) =>
        readFile(join(this.#root, `${program}.said`), 'utf8').catch(() => ''),
      );
      throw new Error(
        `the S3 service of Ceph does not start: ${(await Promise.all(said)).join('\n').slice(-2_000)}`,
      );
    }
  }
}

/** One copy of everything, few placement groups, nothing that works in the background. */
const configuration = (root: string, id: string, monitors: string, port: number): string => `[global]
fsid = ${id}
mon host = ${monitors}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${root}
admin socket =
log file = ${root}/$name.log
crash dir = ${root}
pid file =
keyring = ${root}/keyring
mon data = ${root}/mon
osd data = ${root}/osd
auth_allow_insecure_global_id_reclaim = true
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 2
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
osd max object name len = 1024
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw run sync thread = false
rgw enable quota threads = false
rgw enable gc threads = false
rgw enable lc threads = false
`;
