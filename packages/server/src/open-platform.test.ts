import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encryptSmall, PassphraseRecipient } from '@octobox/storage';
import type { PlatformFact } from './facts.ts';
import { migrations } from './migrations.ts';
import { openPlatform, type Platform } from './open-platform.ts';
import {
  type Config,
  configFrom,
  openDatabase,
  PortInUseError,
  ServerError,
  silentLog,
} from './platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from './testing/temporary-database.ts';

/** A folder with files worth protecting, and one for the platform. */
async function stage(databases: DatabaseMaker, files = 30) {
  const database = await databases.upToDate();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-platform-'));
  const site = join(folder, 'site');
  for (const part of ['images', 'documents']) {
    await mkdir(join(site, part), { recursive: true });
    for (let i = 0; i < files; i++) await writeFile(join(site, part, `${i}.bin`), randomBytes(4_000));
  }
  const text = 'listen: 127.0.0.1:0\nmonitoring: { interval: 1s }\njobs: { lease: 2s }\n';
  const config = (settings = ''): Config => {
    const file = { path: join(folder, 'octobox.yaml'), text: `${text}${settings}` };
    return { ...configFrom({ env: {}, dataFolder: join(folder, 'data'), file }), database };
  };
  const databasePassword = database.kind === 'postgresql' ? database.password?.reveal() : undefined;
  return {
    folder,
    site,
    config,
    databasePassword,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function protect(platform: Platform, site: string) {
  await platform.repository.init();
  await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  return await platform.catalog.addSource({
    serviceId: 'web-shop',
    kind: 'files',
    name: 'Shop files',
    location: site,
    schedule: 'every 1h',
  });
}

const told = <T extends PlatformFact['type']>(
  platform: Platform,
  type: T,
): Promise<Extract<PlatformFact, { type: T }>> =>
  new Promise((resolve) => {
    const stop = platform.events.on(type, (fact) => {
      stop();
      resolve(fact as Extract<PlatformFact, { type: T }>);
    });
  });

onEachDatabase((databases) => {
  describe('the platform', () => {
    it('backs up, rehearses, notices a disaster by itself, and tells the public until it is repaired', async () => {
      await using s = await stage(databases);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const { url } = await platform.start({ http: true });
      const source = await protect(platform, s.site);

      const steps = new Set<string>();
      const first = await platform.runNow.backup('Shop files', { onProgress: ({ step }) => steps.add(step) });
      assert.equal(first.state, 'succeeded');
      assert.equal(first.files, 60);
      assert.equal(first.bytesRead, 240_000);
      assert.ok(steps.size > 0);
      const second = await platform.runNow.backup(source.id);
      assert.ok((second.bytesStored ?? 0) < (first.bytesStored ?? 0) / 4);

      const drill = await platform.runNow.drill(source.id);
      assert.equal(drill.state, 'passed', JSON.stringify(drill.failure));
      assert.ok((drill.recoverySeconds ?? 0) > 0 && drill.checks.length > 0);
      assert.deepEqual(await readdir(join(s.folder, 'data', 'scratch')), []);

      const noticed = told(platform, 'incident.opened');
      await rm(join(s.site, 'images'), { recursive: true });
      const { incident } = await noticed;
      assert.equal(incident.estimate?.seconds, drill.recoverySeconds);
      assert.match(incident.estimate?.basis ?? '', /Shop files: the last rehearsal took/);
      assert.equal((await platform.board.report()).state, 'outage');
      const page = await (await fetch(`${url}/incidents/${incident.id}`)).text();
      assert.match(page, /Web shop: data is missing/);
      assert.doesNotMatch(page, new RegExp(s.site));

      const suspect = await platform.runNow.backup(source.id);
      assert.equal(suspect.suspect, true);

      const resolved = told(platform, 'incident.resolved');
      const restore = await platform.runNow.restore(source.id, { reason: 'incident' });
      assert.equal(restore.state, 'passed', JSON.stringify(restore.failure));
      assert.equal(restore.snapshotId, second.snapshotId);
      assert.equal(restore.incidentId, incident.id);
      assert.equal((await readdir(join(s.site, 'images'))).length, 30);
      const states = (await resolved).incident.updates.map(({ state }) => state);
      assert.equal(states[0], 'resolved');
      assert.ok(states.includes('monitoring'));
      const report = await platform.board.report();
      assert.equal(report.state, 'operational');
      const history = await platform.promises.history();
      assert.ok(history.some(({ kind, to }) => kind === 'restore-rehearsed' && to === 'kept'));
    });

    it('backs a new source up and rehearses it at once, not at its first due time', async () => {
      await using s = await stage(databases, 2);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      const rehearsed = told(platform, 'drill.finished');
      await platform.start({ http: false, firstRuns: true });
      const { drill } = await rehearsed;
      assert.equal(drill.state, 'passed', JSON.stringify(drill.failure));
      assert.equal(drill.reason, 'first');
      await platform.settled();
      const runs = await platform.runs.list({ sourceId: source.id });
      assert.deepEqual(
        runs.map(({ reason, state }) => ({ reason, state })),
        [{ reason: 'first', state: 'succeeded' }],
      );
    });

    it('does not count on a backup of a source that lost something since the last probe', async () => {
      await using s = await stage(databases, 10);
      await using platform = await openPlatform(s.config('schedules: { grace: 1h }\n'), { log: silentLog });
      const source = await protect(platform, s.site);
      const good = await platform.runNow.backup(source.id);
      // The monitoring does not run: nobody but the backup itself can see the loss.
      await rm(join(s.site, 'images'), { recursive: true });
      const after = await platform.runNow.backup(source.id);
      assert.equal(after.state, 'succeeded');
      assert.equal(after.suspect, true);
      assert.equal((await platform.runs.lastGood(source.id))?.id, good.id);
      await platform.settled();
      assert.equal((await platform.incidents.list({ open: true })).length, 1);
      const restore = await platform.runNow.restore(source.id);
      assert.equal(restore.snapshotId, good.snapshotId);
      assert.equal((await readdir(join(s.site, 'images'))).length, 10);
      assert.equal((await platform.incidents.list({ open: true })).length, 0, 'verified: closed at once');
    });

    it('counts backups again when a person accepts what is missing', async () => {
      await using s = await stage(databases, 10);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      await platform.runNow.backup(source.id);
      await rm(join(s.site, 'images'), { recursive: true });
      assert.equal((await platform.runNow.backup(source.id)).suspect, true);
      const outage = await platform.sources.acceptChange(source.id);
      assert.equal(outage?.state, 'accepted');
      assert.equal((await platform.incidents.list({ open: true })).length, 0);
      const next = await platform.runNow.backup(source.id);
      assert.equal(next.suspect, false);
      assert.equal((await platform.runs.lastGood(source.id))?.id, next.id);
      assert.equal(await platform.sources.acceptChange(source.id), undefined);
    });

    it('does not count on a backup that looks like the work of an intruder, until it is settled', async () => {
      await using s = await stage(databases, 20);
      await using platform = await openPlatform(s.config('schedules: { grace: 1h }\n'), { log: silentLog });
      const source = await protect(platform, s.site);
      for (let time = 0; time < 3; time++) {
        await writeFile(join(s.site, `note${time}.txt`), randomBytes(10_000));
        assert.equal((await platform.runNow.backup(source.id)).suspect, false);
      }
      const good = await platform.runs.lastGood(source.id);
      const encrypt = async () => {
        for (const part of ['images', 'documents'])
          for (let i = 0; i < 20; i++) await writeFile(join(s.site, part, `${i}.bin`), randomBytes(9_000));
      };
      await encrypt();
      const marked = await platform.runNow.backup(source.id);
      assert.equal(marked.suspect, true);
      assert.match(marked.warnings.join(), /suspicious: 9\d % of 43 files were changed or replaced/);
      assert.equal((await platform.runs.lastGood(source.id))?.id, good?.id);
      // Probes that find every file there do not end it, and later backups do not count either.
      for (let look = 0; look < 3; look++) await platform.monitoring.round();
      const later = await platform.runNow.backup(source.id);
      assert.equal(later.suspect, true);
      assert.match(later.warnings.join(), /looks suspicious and nobody has settled it/);
      assert.doesNotMatch(later.warnings.join(), /lacks/);
      const [incident] = await platform.incidents.list({ open: true });
      assert.equal(incident?.title, 'Web shop: a backup looks suspicious');
      const seen = await platform.board.report();
      assert.equal(seen.services[0]?.state, 'degraded');
      assert.match(seen.summary, /^The data of Web shop changed in an unusual way; we look into it$/);
      assert.equal(seen.services[0]?.days.at(-1)?.downSeconds, 0);
      const restore = await platform.runNow.restore(source.id);
      assert.equal(restore.snapshotId, good?.snapshotId);
      assert.equal((await platform.incidents.list({ open: true })).length, 0, 'restored: closed');
      assert.equal((await platform.runNow.backup(source.id)).suspect, false);

      await encrypt();
      assert.equal((await platform.runNow.backup(source.id)).suspect, true);
      const accepted = await platform.sources.acceptChange(source.id);
      assert.deepEqual(
        accepted?.findings.map(({ kind }) => kind),
        ['suspicious'],
      );
      assert.equal((await platform.runNow.backup(source.id)).suspect, false);
    });

    it('breaks the promise of fresh backups when the repository lost the snapshot', async () => {
      await using s = await stage(databases, 2);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      const { snapshotId } = await platform.runNow.backup(source.id);
      const state = async () =>
        (await platform.promises.current()).find(({ kind }) => kind === 'backup-fresh')?.state;
      assert.equal(await state(), 'kept');
      await unlink(join(s.folder, 'data', 'repository', 'snapshots', `${snapshotId}.bin.age`));
      assert.equal(await state(), 'broken');
      await rename(join(s.folder, 'data', 'repository'), join(s.folder, 'unmounted'));
      assert.equal(await state(), 'unknown');
    });

    it('never shows a failed run as a backup', async () => {
      await using s = await stage(databases, 2);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      await rm(s.site, { recursive: true });
      const run = await platform.runNow.backup(source.id);
      assert.equal(run.state, 'failed');
      assert.ok(run.failure?.message);
      assert.equal(run.snapshotId, undefined);
      const repository = await platform.repository.open();
      assert.deepEqual(await Array.fromAsync(repository.snapshots()), []);
      await repository.close();
      const report = await platform.board.report();
      const fresh = report.services[0]?.promises.find(({ kind }) => kind === 'backup-fresh');
      assert.equal(fresh?.state, 'unknown');
      assert.equal(report.services[0]?.sources[0]?.lastBackup, undefined);
      await assert.rejects(platform.runNow.drill(source.id), /no backup of Shop files yet/);
    });

    it('finds a drill failed when the copy is not what was backed up', async () => {
      await using s = await stage(databases, 2);
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      await platform.runNow.backup(source.id);
      const packs = join(s.folder, 'data', 'repository', 'data');
      for (const name of await readdir(packs, { recursive: true })) {
        const file = join(packs, name);
        if ((await stat(file)).isFile()) await unlink(file);
      }
      const drill = await platform.runNow.drill(source.id);
      assert.equal(drill.state, 'failed');
      assert.ok(drill.failure?.message);
      const states = (await platform.board.report()).services[0]?.promises.map(
        ({ kind, state }) => `${kind} ${state}`,
      );
      assert.ok(states?.includes('restore-rehearsed broken'));
    });

    it('uses a drill identity that is protected by a passphrase, from a file that only its owner can read', async () => {
      await using s = await stage(databases, 2);
      const passphraseFile = join(s.folder, 'passphrase');
      await writeFile(passphraseFile, 'open sesame\n', { mode: 0o600 });
      const config = s.config(`repository: { agePassphraseFile: ${passphraseFile} }\n`);
      {
        await using platform = await openPlatform(config, { log: silentLog });
        await protect(platform, s.site);
      }
      const identity = join(config.repository.layerKeys, 'drill-identity');
      const plain = await readFile(identity);
      await writeFile(identity, encryptSmall(plain, [new PassphraseRecipient('open sesame', 10)]));
      {
        await using platform = await openPlatform(config, { log: silentLog });
        assert.equal((await platform.runNow.backup('Shop files')).state, 'succeeded');
        const lines = JSON.stringify(await platform.runs.list());
        assert.ok(!lines.includes('open sesame'));
      }
      {
        await using platform = await openPlatform(s.config(), { log: silentLog });
        const { failure } = await platform.runNow.backup('Shop files');
        assert.match(JSON.stringify(failure), /needs a passphrase.*agePassphraseFile/);
      }
      await chmod(passphraseFile, 0o644);
      await using platform = await openPlatform(config, { log: silentLog });
      const { failure } = await platform.runNow.backup('Shop files');
      assert.match(JSON.stringify(failure), /open to others/);
    });

    it('cancels a backup when it is asked to', async () => {
      await using s = await stage(databases, 2);
      await writeFile(join(s.site, 'large.bin'), randomBytes(64 << 20));
      await using platform = await openPlatform(s.config(), { log: silentLog });
      const source = await protect(platform, s.site);
      const abort = new AbortController();
      const stop = platform.events.on('run.started', () => abort.abort());
      const run = await platform.runNow.backup(source.id, { signal: abort.signal });
      stop();
      assert.equal(run.state, 'cancelled');
      assert.equal((await platform.runNow.backup(source.id)).state, 'succeeded');
    });

    it('records a backup whose server was killed as interrupted, and runs it again', {
      timeout: 120_000,
    }, async () => {
      await using s = await stage(databases, 2);
      await writeFile(join(s.site, 'large.bin'), randomBytes(96 << 20));
      {
        await using platform = await openPlatform(s.config(), { log: silentLog });
        await protect(platform, s.site);
      }
      const script = `
      import { openPlatform } from ${JSON.stringify(import.meta.resolve('./open-platform.ts'))};
      import { Secret, silentLog } from ${JSON.stringify(import.meta.resolve('./platform/index.ts'))};
      const config = ${JSON.stringify(s.config())};
      if ('password' in config.database) config.database.password = new Secret(process.env.DATABASE_PASSWORD);
      const platform = await openPlatform(config, { log: silentLog });
      await platform.start({ http: false });
      // It stops by itself there, so that it is surely killed in the middle.
      platform.events.on('run.progress', () => {
        process.stdout.write('progress\\n', () => process.kill(process.pid, 'SIGSTOP'));
      });
      await platform.runNow.backup('Shop files', { reason: 'schedule' });`;
      const program = join(s.folder, 'server.mjs');
      await writeFile(program, script);
      const server = spawn(process.execPath, [program], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, DATABASE_PASSWORD: s.databasePassword },
      });
      const exited = once(server, 'exit');
      await once(server.stdout, 'data');
      server.kill('SIGKILL');
      await exited;

      await using platform = await openPlatform(s.config(), { log: silentLog });
      const [before] = await platform.runs.list();
      assert.equal(before?.state, 'running');
      const states: string[] = [];
      const again = new Promise<void>((resolve) => {
        platform.events.on('run.finished', ({ run }) => {
          states.push(run.state);
          if (run.state === 'succeeded') resolve();
        });
      });
      await platform.start({ http: false });
      await again;
      assert.deepEqual(states, ['interrupted', 'succeeded']);
      const runs = await platform.runs.list();
      assert.deepEqual(
        runs.map(({ state, jobId }) => [state, jobId === before?.jobId]),
        [
          ['succeeded', true],
          ['interrupted', true],
        ],
      );
      assert.equal(runs[1]?.snapshotId, undefined);
      assert.match(runs[1]?.failure?.message ?? '', /vanished/);
      const repository = await platform.repository.open();
      assert.equal((await Array.fromAsync(repository.snapshots())).length, 1);
      await repository.close();
    });

    it('says which address is taken before it starts anything', async () => {
      await using s = await stage(databases, 0);
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
      const { port } = taken.address() as { port: number };
      try {
        const config = { ...s.config(), listen: { host: '127.0.0.1', port } };
        await using platform = await openPlatform(config, { log: silentLog });
        await assert.rejects(platform.start({ http: true }), (error) => {
          assert(error instanceof PortInUseError);
          assert.equal(error.port, port);
          assert.match(error.advice ?? '', /OCTOBOX_LISTEN/);
          return true;
        });
        const console = { listen: config.listen, url: undefined, allowFrom: undefined, trustedProxies: [] };
        await using other = await openPlatform({ ...s.config(), console }, { log: silentLog });
        await assert.rejects(other.startConsole(), (error) => {
          assert(error instanceof PortInUseError);
          assert.match(error.advice ?? '', /OCTOBOX_CONSOLE_LISTEN/);
          return true;
        });
      } finally {
        taken.close();
      }
    });

    it('does not repeat a backup or a drill whose worker vanished before it could end its job', async () => {
      await using s = await stage(databases, 1);
      const config = s.config();
      await using platform = await openPlatform(config, { log: silentLog });
      const { id } = await protect(platform, s.site);
      const { jobId } = await platform.runNow.backup(id);
      const drill = await platform.runNow.drill(id);
      assert.equal(drill.state, 'passed');
      const database = await openDatabase(config.database, migrations);
      for (const job of [jobId, drill.jobId]) {
        await database.change((transaction) =>
          transaction
            .updateTable('jobs')
            .set({ state: 'queued', result: null, finished_at: null })
            .where('id', '=', job)
            .execute(),
        );
        assert.equal((await platform.jobs.finish(job)).state, 'succeeded');
      }
      await database.close();
      assert.equal((await platform.runs.list()).length, 1);
      assert.equal((await platform.recoveries.drills()).length, 1);
    });

    it('makes the repository and its password once, for its owner alone', async () => {
      await using s = await stage(databases, 0);
      const config = s.config();
      await using platform = await openPlatform(config, { log: silentLog });
      assert.equal((await stat(config.dataFolder)).mode & 0o777, 0o700);
      await assert.rejects(platform.repository.open(), { code: 'repository.missing' });
      assert.deepEqual(await platform.repository.init(), { created: true });
      assert.deepEqual(await platform.repository.init(), { created: false });
      assert.equal((await stat(config.repository.passwordFile)).mode & 0o777, 0o600);
      await (await platform.repository.open()).close();

      await unlink(config.repository.passwordFile);
      await using other = await openPlatform(config, { log: silentLog });
      await assert.rejects(
        other.repository.init(),
        (error) =>
          error instanceof ServerError && error.code === 'server.repository' && error.advice !== undefined,
      );
      await assert.rejects(stat(config.repository.passwordFile));
    });

    it('makes the repository with the first backup of a source from the console, and never in place of one', async () => {
      await using s = await stage(databases, 1);
      const config = s.config();
      await using platform = await openPlatform(config, { log: silentLog });
      await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
      const source = { serviceId: 'web-shop', kind: 'files', location: s.site } as const;
      const names = ['one', 'two'];
      for (const name of names) await platform.catalog.addSource({ ...source, name });
      const runs = await Promise.all(names.map((name) => platform.runNow.backup(name)));
      assert.deepEqual(
        runs.map(({ state }) => state),
        ['succeeded', 'succeeded'],
      );
      await rename(config.repository.location, `${config.repository.location}.away`);
      const { state, failure } = await platform.runNow.backup('one');
      assert.deepEqual([state, failure?.code], ['failed', 'repository.missing']);
      await assert.rejects(platform.repository.init(), {
        code: 'repository.missing',
        advice: /It held backups/,
      });
      await assert.rejects(stat(config.repository.location));

      // Who moves on to another place means it, with what is scheduled as well as by hand.
      const moved = s.config('repository: { location: elsewhere }');
      await using elsewhere = await openPlatform(moved, { log: silentLog });
      assert.equal((await elsewhere.runNow.backup('one')).state, 'succeeded');
      assert.deepEqual(await elsewhere.repository.init(), { created: false });
      await rm(moved.repository.location, { recursive: true });
      await assert.rejects(elsewhere.repository.init(), { code: 'repository.missing' });
    });

    it('does not invent a password where one was named', async () => {
      await using s = await stage(databases, 0);
      const config = s.config('repository: { passwordFile: elsewhere }');
      await using platform = await openPlatform(config, { log: silentLog });
      await assert.rejects(platform.repository.init(), /elsewhere does not exist/);
    });

    it('forgets what the retention rules do not keep, but nothing that something rests on', async () => {
      await using s = await stage(databases, 2);
      const none = 'keepHourly: 0, keepDaily: 0, keepWeekly: 0, keepMonthly: 0, keepYearly: 0';
      await using platform = await openPlatform(s.config(`retention: { keepLast: 1, ${none} }`), {
        log: silentLog,
      });
      const source = await protect(platform, s.site);
      const ids: (string | undefined)[] = [];
      for (let i = 0; i < 4; i++) {
        await writeFile(join(s.site, 'changing'), `${i}`);
        ids.push((await platform.runNow.backup(source.id)).snapshotId);
        if (i === 0) assert.equal((await platform.runNow.drill(source.id)).state, 'passed');
      }
      const { job } = await platform.jobs.enqueue({ kind: 'retention', payload: {}, maxAttempts: 1 });
      const ended = await platform.jobs.finish(job.id);
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended.failure));
      const repository = await platform.repository.open();
      const left = (await Array.fromAsync(repository.snapshots())).map(({ id }) => id).sort();
      await repository.close();
      // The rehearsed one, the newest, and one more by the rule.
      assert.deepEqual(left, [ids[0], ids[2], ids[3]].sort());
    });
  });
});
