/** With pebble, the certificate authority that Let's Encrypt tests with. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort, makeCertificate } from '@octobox/storage/testing';
import { Hono } from 'hono';
import { ManualClock } from '../../testing/manual-clock.ts';
import { type Listening, listen } from '../http/listen.ts';
import { redirectTo } from '../http/redirect.ts';
import { silentLog } from '../log.ts';
import { AcmeCertificate } from './acme-certificate.ts';

/** Resolves when the program has said that it is ready. */
async function started(
  program: string,
  args: string[],
  ready: RegExp,
  environment = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
        if (ready.test(said)) resolve();
      });
    child.once('exit', () => reject(new Error(`${program}: ${said}`)));
  });
  return child;
}

describe('a certificate from an authority', { timeout: 60_000 }, () => {
  let folder: string;
  let directory: string;
  let port80: number;
  let own: Awaited<ReturnType<typeof makeCertificate>>;
  const programs: ChildProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-acme-'));
    own = await makeCertificate();
    port80 = await freePort();
    const [acme, management, dns, mock] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const config = join(folder, 'pebble.json');
    const pebble = {
      listenAddress: `127.0.0.1:${acme}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: own.certificate,
      privateKey: own.key,
      httpPort: port80,
      tlsPort: await freePort(),
    };
    await writeFile(config, JSON.stringify({ pebble }));
    const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''];
    const names = ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${mock}`];
    programs.push(await started('pebble-challtestsrv', [...off, ...names], /Starting management/));
    programs.push(
      await started(
        'pebble',
        ['-config', config, '-dnsserver', `127.0.0.1:${dns}`],
        /ACME directory available/,
        {
          PEBBLE_VA_NOSLEEP: '1',
        },
      ),
    );
    directory = `https://127.0.0.1:${acme}/dir`;
  });
  after(async () => {
    for (const program of programs) program.kill();
    await rm(folder, { recursive: true, force: true });
    await own[Symbol.asyncDispose]();
  });

  /** A node with names of its own; `reached`: the authority comes to it at port 80. */
  async function node(
    clock: ManualClock,
    name: string,
    { reached = true, at = directory }: { reached?: boolean; at?: string } = {},
  ) {
    const settings = {
      directory: at,
      email: 'ops@example.com',
      domains: [`${name}.example.com`, `console.${name}.example.com`],
      certificateFile: own.certificate,
      folder: join(folder, name),
    };
    const acme = new AcmeCertificate(settings, { clock, log: silentLog });
    const app = redirectTo(`https://${settings.domains[0]}`, acme.challenges.answering);
    const redirecting: Listening | undefined = reached
      ? await listen(app, { host: '127.0.0.1', port: port80 }, { log: silentLog })
      : undefined;
    const files = {
      certificate: join(settings.folder, 'current/certificate.pem'),
      key: join(settings.folder, 'current/key.pem'),
    };
    return {
      acme,
      files,
      settings,
      serial: async () => new X509Certificate(await readFile(files.certificate)).serialNumber,
      [Symbol.asyncDispose]: async () => redirecting?.close(0),
    };
  }

  it('is got for all names, served with, kept to its owner, and renewed with a third of its time left', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'status');
    await s.acme.ensure();
    const first = await s.serial();
    const { mode } = await stat(s.files.key);
    assert.equal(mode & 0o077, 0);
    assert.equal((await stat(join(s.settings.folder, 'account.pem'))).mode & 0o077, 0);

    const app = new Hono().get('/', (context) => context.text('hello'));
    const server = await listen(
      app,
      { host: '127.0.0.1', port: 0 },
      { certificate: s.files, log: silentLog },
    );
    try {
      const shown = async (): Promise<string> => {
        const asked = request(server.url, {
          agent: false,
          rejectUnauthorized: false,
          servername: s.settings.domains[1],
        });
        const [socket] = await once(asked.end(), 'response').then(([answer]) => [answer.socket]);
        const { serialNumber, subjectaltname } = socket.getPeerCertificate();
        for (const name of s.settings.domains) assert.ok(subjectaltname.includes(name));
        socket.destroy();
        return serialNumber;
      };
      assert.equal(await shown(), first);

      await s.acme.ensure();
      await s.acme.renew();
      assert.equal(await s.serial(), first, 'nothing is due');
      const { validFromDate, validToDate } = new X509Certificate(await readFile(s.files.certificate));
      clock.jumpTo(
        new Date(validToDate.getTime() - (validToDate.getTime() - validFromDate.getTime()) / 4).toISOString(),
      );
      await s.acme.ensure();
      assert.equal(await s.serial(), first, 'it can still be served with');
      await s.acme.renew();
      const second = await s.serial();
      assert.notEqual(second, first);
      while ((await shown()) !== second) await new Promise((resolve) => setTimeout(resolve, 100));
      const issued = (await readdir(s.settings.folder)).filter((entry) => entry.startsWith('issued-'));
      assert.equal(issued.length, 1, 'the old one is gone');
    } finally {
      await server.close(0);
    }
  });

  it('that is refused is an error with the reason, and is asked for again only after a while', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'nowhere', { reached: false });
    const reason = {
      code: 'server.certificate-refused',
      message: /nowhere\.example\.com.*(refused|connect)/i,
    };
    await assert.rejects(s.acme.ensure(), reason);
    await assert.rejects(s.acme.ensure(), /the next try is at/);
    // As after a restart.
    await using again = await node(clock, 'nowhere');
    await assert.rejects(again.acme.ensure(), /the next try is at/);
    clock.advance(16 * 60_000);
    await again.acme.ensure();
    assert.ok((await again.serial()).length > 0);
  });

  it('of an authority that does not answer is an error that says so, and nothing when it is not waited for', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'away', { at: `https://127.0.0.1:${await freePort()}/dir` });
    await assert.rejects(s.acme.ensure(AbortSignal.timeout(50)), { name: 'TimeoutError' });
    const message = /gave no certificate .*: it cannot be reached: .*ECONNREFUSED/;
    await assert.rejects(s.acme.ensure(), { code: 'server.certificate-refused', message });
  });

  it('is never half there: what a killed process left behind does not count', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'killed');
    await s.acme.ensure();
    const whole = await s.serial();
    const left = await mkdtemp(join(s.settings.folder, 'issued-'));
    await writeFile(join(left, 'key.pem'), 'half');
    await chmod(left, 0o700);
    await s.acme.ensure();
    assert.equal(await s.serial(), whole);
  });

  it('is got again when what is kept is damaged', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'damaged');
    const current = join(s.settings.folder, 'current');
    const damages: Record<string, () => Promise<unknown>> = {
      'no certificate in its file': () => writeFile(s.files.certificate, ''),
      'no key in its file': () => writeFile(s.files.key, ''),
      'no file of the key': () => rm(s.files.key),
      'the key of another': async () => writeFile(s.files.key, await readFile(own.key)),
      'a link to nothing': () => realpath(current).then((folder) => rm(folder, { recursive: true })),
      'a folder in place of the link': () =>
        rm(current).then(() => mkdir(join(current, 'x'), { recursive: true })),
      'a file in place of the link': () => rm(current).then(() => writeFile(current, '')),
    };
    await s.acme.ensure();
    for (const [damage, inflict] of Object.entries(damages)) {
      const before = await s.serial();
      await inflict();
      await s.acme.ensure();
      assert.notEqual(await s.serial(), before, damage);
      const certificate = new X509Certificate(await readFile(s.files.certificate));
      assert.ok(certificate.checkPrivateKey(createPrivateKey(await readFile(s.files.key))), damage);
    }
  });

  it('is not asked for without the file of the authorities to trust, which counts as no refusal', async () => {
    const clock = new ManualClock(new Date().toISOString());
    await using s = await node(clock, 'untrusting');
    const settings = { ...s.settings, certificateFile: join(folder, 'none.pem') };
    const wrong = new AcmeCertificate(settings, { clock, log: silentLog });
    await assert.rejects(wrong.ensure(), { code: 'server.config', message: /none\.pem: cannot be read/ });
    await s.acme.ensure();
  });
});
