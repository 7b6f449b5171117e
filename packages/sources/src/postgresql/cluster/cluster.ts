import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../errors.ts';
import { Child, type ChildCommand, runChild } from '../../process/child.ts';
import { freeLoopbackPort } from '../../process/loopback-port.ts';
import { claimFolder } from '../../process/ownership.ts';
import type { SystemUser } from '../../process/system-user.ts';
import { findServerBinaries, type PostgresqlBinaries } from '../programs/binaries.ts';
import { clusterPrefix, removeAbandonedClusters } from './abandoned.ts';
import { mayEnter, serverUser } from './server-user.ts';

export interface ClusterOptions {
  /** The cluster's own folder is made below it; the system's temporary folder when absent. */
  readonly folder?: string;
  /** The name of the first superuser. */
  readonly superuser?: string;
  /** Random when absent. */
  readonly password?: string;
  /** Free loopback port when absent. */
  readonly port?: number;
  /** The server's major version must be at least this. */
  readonly atLeast?: number | undefined;
  /** Folders to look for server programs in, instead of the usual ones. */
  readonly binFolders?: readonly string[] | undefined;
  /** Server settings above the defaults here, e.g. `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((line: string) => void) | undefined;
}

/** A throw-away server: a crash of the machine loses it anyway, so nothing waits for the disk. */
const scratchSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Loopback only: a socket's path is limited to 107 bytes, and scratch folders are often deeper.
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  maintenance_work_mem: '128MB',
  logging_collector: 'off',
  log_destination: 'stderr',
  lc_messages: 'C',
};

const host = '127.0.0.1';
const readyLine = 'database system is ready to accept connections';

/** A private PostgreSQL server on a loopback port. Disposing it stops the server and removes its files. */
export class Cluster implements AsyncDisposable {
  readonly host = host;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
  readonly folder: string;
  readonly binaries: PostgresqlBinaries;
  readonly #user: SystemUser | undefined;
  readonly #settings: Readonly<Record<string, string>>;
  #server: Child | undefined;

  private constructor(
    own: Pick<Cluster, 'port' | 'superuser' | 'password' | 'folder' | 'binaries'>,
    user: SystemUser | undefined,
    settings: Readonly<Record<string, string>>,
  ) {
    this.port = own.port;
    this.superuser = own.superuser;
    this.password = own.password;
    this.folder = own.folder;
    this.binaries = own.binaries;
    this.#user = user;
    this.#settings = settings;
  }

  /** Makes a cluster and starts it. Leaves nothing behind when it fails. */
  static async create(options: ClusterOptions = {}): Promise<Cluster> {
    const binaries = await findServerBinaries({
      atLeast: options.atLeast,
      folders: options.binFolders,
      signal: options.signal,
    });
    const user = await serverUser();
    const folder = await Cluster.#makeFolder(options, user);
    try {
      const superuser = options.superuser ?? 'postgres';
      const password = options.password ?? randomBytes(18).toString('base64url');
      await Cluster.#initialise(binaries, folder, superuser, password, user, options.signal);
      const settings = { ...scratchSettings, ...options.settings };
      for (let attempt = 1; ; attempt += 1) {
        const port = options.port ?? (await freeLoopbackPort());
        const cluster = new Cluster({ port, superuser, password, folder, binaries }, user, settings);
        try {
          await cluster.start(options.signal);
          return cluster;
        } catch (error) {
          options.signal?.throwIfAborted();
          if (attempt === 3 || options.port !== undefined) throw error;
        }
      }
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static async #makeFolder(options: ClusterOptions, user: SystemUser | undefined): Promise<string> {
    let parent = options.folder ?? tmpdir();
    await mkdir(parent, { recursive: true });
    if (!(await mayEnter(parent, user))) {
      const other = (await mayEnter('/var/tmp', user).catch(() => false)) ? '/var/tmp' : tmpdir();
      options.onLog?.(`the user ${user?.name} may not enter ${parent}; the cluster is made in ${other}`);
      parent = other;
    }
    await removeAbandonedClusters(parent);
    const folder = await mkdtemp(join(parent, clusterPrefix));
    await chmod(folder, 0o700);
    await claimFolder(folder);
    if (user !== undefined) await chown(folder, user.uid, user.gid);
    return folder;
  }

  static async #initialise(
    binaries: PostgresqlBinaries,
    folder: string,
    superuser: string,
    password: string,
    user: SystemUser | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
    await runChild({
      command: join(binaries.folder, 'initdb'),
      args: [
        `--pgdata=${join(folder, 'data')}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      user,
      cwd: folder,
      signal,
    });
    await rm(passwordFile);
  }

  /** The server's process, while it runs. */
  get pid(): number | undefined {
    return this.#server?.running ? this.#server.pid : undefined;
  }

  /** `postgres://…` without the password. */
  location(database: string): string {
    const name = encodeURIComponent(database);
    return `postgres://${encodeURIComponent(this.superuser)}@${this.host}:${this.port}/${name}`;
  }

  /** What a `pg` client needs. */
  connection(database: string): {
    host: string;
    port: number;
    user: string;
    password: string;
    database: string;
  } {
    return { host: this.host, port: this.port, user: this.superuser, password: this.password, database };
  }

  /** Starts the server again after `stop` or a crash, on the same port. Resolves when it takes connections. */
  async start(signal?: AbortSignal): Promise<void> {
    await this.stop();
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    let ready = () => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const server = new Child(
      await this.#command(
        join(this.binaries.folder, 'postgres'),
        ['-D', join(this.folder, 'data'), '-p', `${this.port}`, ...settings],
        (line) => line.includes(readyLine) && ready(),
      ),
      { input: 'ignore', output: 'ignore' },
    );
    this.#server = server;
    const aborted = () => void this.stop('immediate');
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      await Promise.race([isReady, server.exited]);
      signal?.throwIfAborted();
      if (!server.running) {
        await server.succeed();
        throw new SourceError('source.scratch-failed', 'The private PostgreSQL server stopped at once');
      }
    } finally {
      signal?.removeEventListener('abort', aborted);
    }
  }

  /** `fast` ends sessions and shuts down cleanly; `immediate` is a crash that will be recovered. Idempotent. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    // SIGQUIT lets the postmaster end its children; a killed one would leave them running for a while.
    if (mode === 'fast' && server.running) {
      const timer = setTimeout(() => server.kill('SIGQUIT'), 20_000);
      await server.stop('SIGINT', 40_000);
      clearTimeout(timer);
    } else {
      await server.stop('SIGQUIT', 20_000);
    }
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Its files are about to go, so there is nothing worth a clean shutdown.
      await this.stop('immediate');
    } finally {
      await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Under `setpriv`, where there is one, the server also goes when this process is killed. */
  async #command(path: string, args: string[], onErrorLine: (line: string) => void): Promise<ChildCommand> {
    const setpriv = '/usr/bin/setpriv';
    const guarded = await stat(setpriv).then(
      () => true,
      () => false,
    );
    return {
      command: guarded ? setpriv : path,
      args: guarded ? ['--pdeathsig', 'INT', '--', path, ...args] : args,
      user: this.#user,
      cwd: this.folder,
      onErrorLine,
    };
  }
}
