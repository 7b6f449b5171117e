/** Debian's sshd on a loopback port, run by the current user with keys of its own, until it is stopped. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  /** Private key that may log in. */
  readonly identity: string;
  readonly knownHosts: string;
  /** Logs in too, when one was wanted. */
  readonly password: string | undefined;
  /** A folder of its own for repositories. */
  readonly folder: string;
  /** Ends every connection and accepts new ones at once. */
  cut(): Promise<void>;
  stop(): Promise<void>;
}

const keygen = (file: string): void => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
};

export interface SftpServerOptions {
  /**
   * Lets this user in with a password that only this server knows: it sees a file of passwords of its own, in a mount
   * namespace, for which one must be root.
   */
  readonly withPassword?: boolean;
}

/** Why this machine cannot serve with a password; undefined when it can. */
export function whyNoPassword(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root has a file of passwords to put in place of the real one';
  const { status } = spawnSync('unshare', ['--mount', 'true']);
  return status === 0 ? undefined : 'no mount namespace may be made here';
}

export async function startSftpServer(options: SftpServerOptions = {}): Promise<SftpServer> {
  const root = await mkdtemp(join(tmpdir(), 'octobox-sshd-'));
  const [hostKey, identity] = [join(root, 'host_key'), join(root, 'id_ed25519')];
  keygen(hostKey);
  keygen(identity);
  const port = await freePort();
  const config = join(root, 'sshd_config');
  await writeFile(join(root, 'authorized_keys'), await readFile(`${identity}.pub`));
  await writeFile(
    config,
    `ListenAddress 127.0.0.1\nPort ${port}\nHostKey ${hostKey}\nAuthorizedKeysFile ${root}/authorized_keys\n` +
      `PidFile none\nUsePAM no\nStrictModes no\nKbdInteractiveAuthentication no\n` +
      (options.withPassword === true
        ? 'PasswordAuthentication yes\nPermitRootLogin yes\n'
        : 'PasswordAuthentication no\nPermitRootLogin prohibit-password\n') +
      `MaxStartups 100\nMaxSessions 100\nSubsystem sftp internal-sftp\n`,
  );
  const knownHosts = join(root, 'known_hosts');
  const [type, key] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${type} ${key}\n`);
  const folder = join(root, 'repositories');
  await mkdir(folder);
  await chmod(root, 0o700);
  // Root's sshd wants this folder, which the package's service makes at boot.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const user = userInfo().username;
  const secret = options.withPassword === true ? await makePassword(root, user) : undefined;
  const start = (): Promise<ChildProcess> => startSshd(config, port, secret?.shadow);
  let sshd = await start();
  return {
    port,
    user,
    password: secret?.password,
    identity,
    knownHosts,
    folder,
    async cut() {
      await stop(sshd);
      sshd = await start();
    },
    async stop() {
      await stop(sshd);
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function makePassword(root: string, user: string): Promise<{ password: string; shadow: string }> {
  const password = randomBytes(12).toString('base64url');
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' });
  const shadow = join(root, 'shadow');
  await writeFile(shadow, `${user}:${hash.trim()}:20000:0:99999:7:::\n`, { mode: 0o600 });
  return { password, shadow };
}

/** A process group of its own, so that the processes of its connections end with it. */
async function startSshd(config: string, port: number, shadow: string | undefined): Promise<ChildProcess> {
  await access('/usr/sbin/sshd');
  const serve = ['/usr/sbin/sshd', '-D', '-e', '-f', config];
  const inside = 'mount --bind "$0" /etc/shadow && exec "$@"';
  const command = shadow === undefined ? serve : ['unshare', '--mount', 'sh', '-c', inside, shadow, ...serve];
  const sshd = spawn(command[0] as string, command.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let log = '';
  let listening = false;
  sshd.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-5000);
    listening ||= log.includes(`listening on 127.0.0.1 port ${port}`);
  });
  for (let waited = 0; !listening; waited += 20) {
    if (sshd.exitCode !== null || waited > 60_000) throw new Error(`sshd does not start: ${log}`);
    await sleep(20);
  }
  return sshd;
}

async function stop(sshd: ChildProcess): Promise<void> {
  if (sshd.exitCode !== null || sshd.pid === undefined) return;
  const ended = once(sshd, 'exit');
  process.kill(-sshd.pid, 'SIGKILL');
  await ended;
}
