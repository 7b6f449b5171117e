/** One login over SSH, and the calls of SFTP as promises. A call that does not move for too long ends it. */
import ssh2, { type Client, type ConnectConfig, type FileEntry, type SFTPWrapper, type Stats } from 'ssh2';
import { StorageError } from '../errors.ts';
import { interrupted, stuck } from '../transfer/network-errors.ts';
import { fingerprint, type HostVerdict } from './known-hosts.ts';
import { sftpFailure } from './sftp-errors.ts';
import type { SftpLocation } from './sftp-location.ts';
import type { SftpSettings } from './sftp-settings.ts';

type Done<Result> = (error: Error | null | undefined, result: Result) => void;

export class SftpSession {
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;
  readonly #location: string;
  readonly #stuckAfterMs: number;
  /** Rejects when the connection ends. */
  readonly #lost: Promise<never>;
  isOpen = true;

  private constructor(client: Client, sftp: SFTPWrapper, location: string, stuckAfterMs: number) {
    this.#client = client;
    this.#sftp = sftp;
    this.#location = location;
    this.#stuckAfterMs = stuckAfterMs;
    this.#lost = new Promise((_, reject) => {
      const end = (cause?: unknown): void => {
        this.isOpen = false;
        reject(interrupted(location, 'the connection was cut', cause));
      };
      client.on('close', () => end());
      client.on('error', end);
      sftp.on('close', () => end());
    });
    this.#lost.catch(() => {});
  }

  static async open(place: SftpLocation, settings: SftpSettings, stuckAfterMs: number): Promise<SftpSession> {
    const client = new ssh2.Client();
    try {
      await connect(client, place, settings, stuckAfterMs);
      const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
        client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
      });
      return new SftpSession(client, sftp, place.text, stuckAfterMs);
    } catch (error) {
      client.on('error', () => {});
      client.destroy();
      throw sftpFailure(error, place.text, 'cannot log in');
    }
  }

  open(path: string, mode: 'r' | 'wx'): Promise<Buffer> {
    return this.#call((done) => this.#sftp.open(path, mode, 0o600, done));
  }

  closeHandle(handle: Buffer): Promise<void> {
    return this.#call((done) => this.#sftp.close(handle, (error) => done(error, undefined)));
  }

  /** Fewer bytes than asked for only at the end of the file. */
  read(handle: Buffer, into: Buffer, position: number): Promise<number> {
    return this.#call((done) =>
      this.#sftp.read(handle, into, 0, into.length, position, (error, bytesRead) =>
        // Status 1 is the end of the file.
        (error as { code?: number } | undefined)?.code === 1 ? done(null, 0) : done(error, bytesRead),
      ),
    );
  }

  write(handle: Buffer, bytes: Buffer, position: number): Promise<void> {
    return this.#call((done) =>
      this.#sftp.write(handle, bytes, 0, bytes.length, position, (error) => done(error, undefined)),
    );
  }

  handleSize(handle: Buffer): Promise<number> {
    return this.#call<Stats>((done) => this.#sftp.fstat(handle, done)).then(({ size }) => size);
  }

  /** Makes content durable and read-only, as far as the server can. */
  async seal(handle: Buffer): Promise<void> {
    await this.#call<void>((done) =>
      this.#sftp.fchmod(handle, 0o400, (error) => done(error, undefined)),
    ).catch(
      // Servers without modes; the name is never used for another content anyway.
      (error: unknown) => this.#passOver(error),
    );
    let supported = true;
    await this.#call<void>((done) => {
      try {
        this.#sftp.ext_openssh_fsync(handle, (error) => done(error, undefined));
      } catch {
        // Thrown at once by the client when the server did not announce the extension.
        supported = false;
        done(null, undefined);
      }
    });
    this.canSync = supported;
  }
  /** Whether the server writes to its disk when asked to; known after the first file. */
  canSync: boolean | undefined;

  stat(path: string): Promise<Stats> {
    return this.#call((done) => this.#sftp.stat(path, done));
  }

  readdir(path: string): Promise<FileEntry[]> {
    return this.#call((done) => this.#sftp.readdir(path, done));
  }

  mkdir(path: string): Promise<void> {
    return this.#call((done) => this.#sftp.mkdir(path, { mode: 0o700 }, (error) => done(error, undefined)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call((done) => this.#sftp.rename(from, to, (error) => done(error, undefined)));
  }

  unlink(path: string): Promise<void> {
    return this.#call((done) => this.#sftp.unlink(path, (error) => done(error, undefined)));
  }

  /** Bytes that are free below a folder; undefined when the server does not tell. */
  async freeSpace(path: string): Promise<number | undefined> {
    try {
      const found = await this.#call<{ f_bavail: number; f_frsize: number }>((done) =>
        this.#sftp.ext_openssh_statvfs(path, done),
      );
      return Number(found.f_bavail) * Number(found.f_frsize);
    } catch {
      return undefined;
    }
  }

  end(): void {
    this.isOpen = false;
    this.#client.on('error', () => {});
    this.#client.end();
  }

  /** Errors that say "the connection is gone" still count; a refusal of the call itself does not. */
  #passOver(error: unknown): void {
    if (error instanceof StorageError) throw error;
  }

  #call<Result>(start: (done: Done<Result>) => void): Promise<Result> {
    if (!this.isOpen) return Promise.reject(interrupted(this.#location, 'the connection was cut'));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const watchdog = setTimeout(() => {
      reject(stuck(this.#location));
      this.isOpen = false;
      this.#client.destroy();
    }, this.#stuckAfterMs);
    try {
      start((error, result) => (error ? reject(error) : resolve(result)));
    } catch (error) {
      reject(error);
    }
    return Promise.race([promise, this.#lost]).finally(() => clearTimeout(watchdog));
  }
}

const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

function connect(
  client: Client,
  place: SftpLocation,
  settings: SftpSettings,
  stuckAfterMs: number,
): Promise<void> {
  const known = settings.knownHosts.typesOf(place.host, place.port);
  let refused: StorageError | undefined;
  const config: ConnectConfig = {
    host: place.host,
    port: place.port,
    username: settings.username,
    authHandler: [...settings.methods],
    readyTimeout: Math.min(stuckAfterMs, 30_000),
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    algorithms: {
      // A host that is known by one kind of key must show that one.
      serverHostKey: [...HOST_KEYS].sort((a, b) => Number(known.includes(b)) - Number(known.includes(a))),
    },
    hostVerifier: (key: Buffer) => {
      refused = judgeHost(key, place, settings);
      return refused === undefined;
    },
  };
  return new Promise((resolve, reject) => {
    client.once('ready', () => {
      // Calls are small and wait for their answers.
      client.setNoDelay(true);
      resolve();
    });
    client.once('error', (error) => reject(refused ?? error));
    client.once('close', () =>
      reject(refused ?? interrupted(place.text, 'the server closed the connection')),
    );
    client.connect(config);
  });
}

/** undefined for a host that is known by this key; nothing is ever accepted without having been written down. */
function judgeHost(key: Buffer, place: SftpLocation, settings: SftpSettings): StorageError | undefined {
  const shown = fingerprint(key);
  const port = place.port === 22 ? '' : `-p ${place.port} `;
  if (settings.hostKey !== undefined) {
    if (settings.hostKey === shown) return undefined;
    return new StorageError(
      'storage.untrusted',
      `${place.host} shows the key ${shown}, not ${settings.hostKey}`,
      {
        advice: 'Somebody may be in between. If the server has a new key, correct -o sftp.host-key.',
      },
    );
  }
  const verdict = settings.knownHosts.check(place.host, place.port, key);
  if (verdict === 'known') return undefined;
  const advices: Record<Exclude<HostVerdict, 'known'>, string> = {
    unknown: `Compare that fingerprint with the server's (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then: ssh-keyscan ${port}${place.host} >> ${settings.knownHostsFile}`,
    changed: `Somebody may be in between. If the server has a new key: ssh-keygen -f ${settings.knownHostsFile} -R '${place.port === 22 ? place.host : `[${place.host}]:${place.port}`}', then add the new one.`,
    revoked: 'Give the server a new key.',
  };
  const what = {
    unknown: `the host ${place.host} is not known; it shows the key ${shown}`,
    changed: `the host ${place.host} shows another key than the one that is known: ${shown}`,
    revoked: `the key ${shown} of ${place.host} is revoked`,
  }[verdict];
  return new StorageError('storage.untrusted', what, { advice: advices[verdict] });
}
