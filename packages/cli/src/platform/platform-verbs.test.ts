import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { restic } from '@octobox/repository/testing';
import { stockCommands } from '../demo/telling/stock-commands.ts';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('the platform by its verbs', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.open();
    await mkdir(shop.at('www/images'), { recursive: true });
    for (const name of ['index.html', 'images/a.png', 'images/b.png'])
      await writeFile(shop.at('www', name), name);
    const database = new DatabaseSync(shop.at('shop.db'));
    database.exec('pragma journal_mode = wal; create table orders (id integer primary key, item text)');
    database.exec("insert into orders (item) values ('tea'), ('coffee'), ('cake')");
    database.close();
  });
  after(() => shop[Symbol.asyncDispose]());

  it('says that nothing is protected yet, and what to do', async () => {
    for (const verb of ['status', 'drill']) {
      const { code, stderr } = await shop.run([verb]);
      assert.equal(code, 1);
      assert.match(stderr, /octobox protect/);
    }
  });

  it('sets nothing up when one of the sources cannot work', async () => {
    for (const [wrong, message] of [
      ['/no/where', /\/no\/where does not exist/],
      ['mysql://root:geheimnis@db/shop', /cannot protect mysql/],
      ['postgres://shop:geheimnis@127.0.0.1:1/shop', /cannot be reached/],
      ['sqlite:/no/where.db', /where\.db/],
    ] as const) {
      const { code, stderr } = await shop.run(['protect', 'www', wrong]);
      assert.equal(code, 1, wrong);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /geheimnis/);
    }
    const senseless = await shop.run(['protect', 'www', '--every', 'sometimes']);
    assert.equal(senseless.code, 1);
    assert.ok(!(await readdir(shop.folder)).includes('data'));
  });

  it('protects a database and a folder, and says where the password lies', async () => {
    const protect = [
      'protect',
      'sqlite:shop.db',
      'www',
      '--name',
      'Shop',
      '--every',
      '1h',
      '--files-every',
      '6h',
    ];
    const { code, stdout, stderr } = await shop.run(protect);
    assert.equal(code, 0, stderr);
    const password = shop.at('data/repository-password');
    assert.ok(stdout.includes(password));
    assert.match(stdout, /octobox serve/);
    assert.equal((await stat(password)).mode & 0o777, 0o600);
    assert.equal((await stat(shop.at('data'))).mode & 0o777, 0o700);
  });

  it('the same said again sets the schedule and adds nothing', async () => {
    const again = await shop.run(['protect', 'www', '--every', '3h', '--json']);
    const [told] = jsonLines(again.stdout);
    const [source] = (told?.sources ?? []) as { new: boolean; schedule: string }[];
    assert.equal(source?.new, false);
    assert.equal(source?.schedule, 'every 3h');
    const report = JSON.parse((await shop.run(['status', '--json'])).stdout);
    assert.deepEqual(
      report.services.map((service: { name: string }) => service.name),
      ['Shop'],
    );
  });

  it('a drill before the first backup says what is missing', async () => {
    const { code, stderr } = await shop.run(['drill', 'www']);
    assert.equal(code, 1);
    assert.match(stderr, /no backup of www yet/);
  });

  it('backup without a repository takes all sources, or those that are named', async () => {
    const all = await shop.run(['backup']);
    assert.equal(all.code, 0, all.stderr);
    assert.match(all.stdout, /^shop\.db: snapshot [0-9a-f]{8} saved/m);
    assert.match(all.stdout, /^www: snapshot [0-9a-f]{8} saved, 3 files/m);
    const one = jsonLines((await shop.run(['backup', 'www', '--json'])).stdout).filter(
      (line) => line.message_type === 'run',
    );
    assert.deepEqual(
      one.map((run) => [run.source, run.state]),
      [['www', 'succeeded']],
    );
    const unknown = await shop.run(['backup', 'nothing-like-it']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no source "nothing-like-it", and no repository is given/);
    const option = await shop.run(['backup', 'www', '--tag', 'x']);
    assert.match(option.stderr, /--tag has no meaning for protected sources/);
  });

  it('the three commands that the demo prints open the repository with stock tools', async () => {
    const password = (await readFile(shop.at('data/repository-password'), 'utf8')).trim();
    const commands = stockCommands(shop.at('data'), shop.at('recovered'));
    await promisify(execFile)('sh', ['-euc', commands.join('\n')]);
    const peer = { repository: shop.at('recovered/restic'), password };
    await restic(['check', '--read-data'], peer);
    const own = JSON.parse((await shop.run(['snapshots', '--json'])).stdout);
    assert.equal(own.length, JSON.parse((await restic(['snapshots', '--json'], peer)).stdout).length);
  });

  it('rehearses both, and the status says so', async () => {
    const drill = await shop.run(['drill']);
    assert.equal(drill.code, 0, drill.stderr);
    assert.match(drill.stdout, /drill of shop\.db: passed/);
    assert.match(drill.stdout, /drill of www: passed/);
    const status = await shop.run(['status']);
    assert.equal(status.code, 4);
    assert.match(status.stderr, /^octobox: nobody is watching$/m);
    assert.match(status.stdout, /watching: NO/);
    assert.match(status.stdout, /5 kept, 1 at risk, 0 broken, 0 unknown/);
  });

  it('asks before it replaces live data: in a pipe it refuses without --yes', async () => {
    await rm(shop.at('www/images'), { recursive: true });
    const refused = await shop.run(['restore', 'www']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /--yes/);
    assert.ok(!(await readdir(shop.at('www'))).includes('images'));

    const restore = await shop.run(['restore', 'www', '--yes']);
    assert.equal(restore.code, 0, restore.stderr);
    assert.match(restore.stdout, /restore of www: passed/);
    assert.deepEqual((await readdir(shop.at('www/images'))).sort(), ['a.png', 'b.png']);
  });

  it('restores a source beside the live one', async () => {
    const { code, stderr } = await shop.run(['restore', '--source', 'www', '--target', 'beside']);
    assert.equal(code, 0, stderr);
    assert.equal(await readFile(shop.at('beside', shop.at('www/index.html')), 'utf8'), 'index.html');
  });

  it('a loss makes backups suspect until it is restored or accepted', async () => {
    await rm(shop.at('www/images'), { recursive: true });
    const backup = await shop.run(['backup', 'www']);
    assert.match(backup.stderr + backup.stdout, /lacks what the last good backup holds/);
    assert.equal(backup.code, 4);
    assert.match(backup.stderr, /the backup of www was taken and is not counted on(.|\n)*octobox accept/);
    const status = await shop.run(['status']);
    assert.match(status.stdout, /what is wrong with www:(.|\n)*images(.|\n)*octobox accept www/);
    const refused = await shop.run(['accept', 'www']);
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /images/);
    assert.match(refused.stderr, /--yes/);
    const accepted = await shop.run(['accept', 'www', '--yes']);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.match(accepted.stdout, /its next backup counts again/);
    const again = await shop.run(['accept', 'www', '--yes']);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /nothing is known to be missing/);
    const next = await shop.run(['backup', 'www']);
    assert.doesNotMatch(next.stderr + next.stdout, /lacks/);
    assert.equal(next.code, 0);
  });

  it('a source that is gone makes the backup fail and not the others', async () => {
    await rm(shop.at('shop.db'));
    const { code, stdout, stderr } = await shop.run(['backup']);
    assert.equal(code, 1);
    assert.match(stdout, /^shop\.db: failed$/m);
    assert.match(stdout, /^www: snapshot/m);
    assert.match(stderr, /no backup of shop\.db was taken/);
    const restored = await shop.run(['restore', 'shop.db', '--yes']);
    assert.equal(restored.code, 0, restored.stderr);
    const database = new DatabaseSync(shop.at('shop.db'), { readOnly: true });
    assert.equal(database.prepare('select count(*) as rows from orders').get()?.rows, 3);
    database.close();
  });

  it('serves the page until it is told to end, and then ends with 0', async () => {
    const { child, ended } = shop.start(['serve', '--listen', '127.0.0.1:0', '--json']);
    const [line] = await once(child.stdout ?? child, 'data');
    const { url = '', console, set_up_link_file = '' } = JSON.parse(String(line)) as Record<string, string>;
    assert.equal((await fetch(`${console}/sign-in`)).status, 404, 'nothing answers before there is an owner');
    assert.equal((await stat(set_up_link_file)).mode & 0o777, 0o600);
    const link = (await readFile(set_up_link_file, 'utf8')).trim();
    assert.ok(link.startsWith(`${console}/setup/`), link);
    const page = await fetch(link);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /Set up Octobox/);
    const report = await (await fetch(`${url}/status.json`)).json();
    assert.equal((report as { title: string }).title, 'Status');

    const owner = { name: 'Ada', email: 'ada@example.com', organisation: 'A', password: 'owls on a fence' };
    const made = await fetch(link, {
      ...{ method: 'POST', redirect: 'manual', headers: { origin: String(console) } },
      body: new URLSearchParams(owner),
    });
    assert.equal(made.status, 303);
    const isThere = () => stat(set_up_link_file).catch(() => undefined);
    for (let n = 0; n < 500 && (await isThere()); n++) await setTimeout(20);
    assert.equal(await isThere(), undefined, 'a link that leads nowhere any more');

    const taken = await shop.run(['serve', '--listen', new URL(url).host]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /another program listens on/);
    child.kill('SIGTERM');
    assert.equal((await ended).code, 0);
  });

  it('ends at once when its database turns out to be damaged, and says what to do', async () => {
    const file = shop.at('data/octobox.db');
    const bytes = await readFile(file);
    const damaged = Buffer.from(bytes);
    damaged.fill(0xa5, damaged.length - 4_096);
    await writeFile(file, damaged);
    const { code, stdout, stderr } = await shop.run(['serve', '--listen', '127.0.0.1:0', '--json']);
    assert.equal(code, 1);
    assert.match(stderr, /the database .*octobox\.db is damaged(.|\n)*Move .* aside/);
    assert.doesNotMatch(stdout, /started/);
    assert.deepEqual(await readFile(file), damaged, 'nothing was written to it');
    await writeFile(file, bytes);
  });

  it('gives nobody a link who has no account', async () => {
    const { code, stderr, stdout } = await shop.run(['account', 'reset', 'nobody@example.com']);
    assert.equal(code, 1);
    assert.match(stderr, /there is no account of nobody@example\.com/);
    assert.equal(stdout, '');
  });

  it('blames what the user gave for an address that is none', async () => {
    const option = await shop.run(['serve', '--listen', 'foo'], { env: { OCTOBOX_LISTEN: '127.0.0.1:0' } });
    assert.equal(option.code, 1);
    assert.match(option.stderr, /--listen.*expected host:port, for example 127\.0\.0\.1:8420, not "foo"/);
    assert.doesNotMatch(option.stderr, /OCTOBOX_LISTEN/);
    const variable = await shop.run(['serve'], { env: { OCTOBOX_LISTEN: 'foo' } });
    assert.match(variable.stderr, /environment variable OCTOBOX_LISTEN: "listen": expected host:port/);
  });

  it('a damaged configuration file is named by line and column', async () => {
    await appendFile(shop.at('data/octobox.yaml'), 'page:\n  titel: Wrong\n');
    for (const verb of ['serve', 'status', 'backup']) {
      const { code, stderr } = await shop.run([verb]);
      assert.equal(code, 1, verb);
      assert.match(stderr, /octobox\.yaml:2:3: unknown setting "page\.titel"/);
    }
  });
});
