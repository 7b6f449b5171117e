import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type Outcome, Workshop } from '../testing/octobox.ts';

interface Report {
  readonly repositories: readonly { readonly recoveryKit?: Readonly<Record<string, string>> }[];
}

describe('the recovery kit of the platform', () => {
  let shop: Workshop;
  const paris = (): string => shop.at('paris');

  before(async () => {
    shop = await Workshop.open();
    await mkdir(shop.at('www'));
    await mkdir(shop.at('data'), { mode: 0o700 });
    await writeFile(shop.at('www/index.html'), 'hello\n');
    await writeFile(shop.at('data/octobox.yaml'), `offsite:\n  paris:\n    location: ${paris()}\n`);
    await good('protect', 'www');
    await good('backup');
    await good('mirror');
  });
  after(() => shop[Symbol.asyncDispose]());

  const good = async (...args: string[]): Promise<Outcome> => {
    const outcome = await shop.run(args);
    assert.equal(outcome.code, 0, `${args.join(' ')}: ${outcome.stderr}`);
    return outcome;
  };
  const kits = async (): Promise<(Readonly<Record<string, string>> | undefined)[]> =>
    (JSON.parse((await shop.run(['status', '--json'])).stdout) as Report).repositories.map(
      ({ recoveryKit }) => recoveryKit,
    );
  const texts = async (folder: string): Promise<string[]> =>
    (await readdir(shop.at(folder)))
      .filter((name) => name.endsWith('.txt'))
      .map((name) => shop.at(folder, name));

  it('is at risk when there is none yet, which is no reason to call the state bad', async () => {
    const { stdout, stderr } = await shop.run(['status']);
    assert.match(stdout, /^recovery kit: at risk, never made; octobox kit create makes it/m);
    assert.match(stdout, /^recovery kit of paris: at risk, never made/m);
    assert.doesNotMatch(stderr, /recovery kit/);
  });

  it('is recorded in the data folder, for its owner only, without a secret', async () => {
    await good('kit', 'create', '--output', 'kit');
    const record = shop.at('data/kits/repository.json');
    assert.equal((await stat(record)).mode & 0o777, 0o600);
    assert.equal((await stat(shop.at('data/kits'))).mode & 0o777, 0o700);
    const text = await readFile(record, 'utf8');
    const password = (await readFile(shop.at('data/repository-password'), 'utf8')).trim();
    const [cryptPassword = '-'] = (await readFile(shop.at('data/layer-keys/crypt-key'), 'utf8')).split('\n');
    for (const secret of [password, cryptPassword, 'AGE-SECRET-KEY']) assert.ok(!text.includes(secret));
    await assert.rejects(access(shop.at('home/.config/octobox/kits')));
    assert.deepEqual(
      (await kits()).map((kit) => [kit?.state, kit?.trouble]),
      [
        ['at-risk', 'never-verified'],
        ['at-risk', 'never-made'],
      ],
    );
  });

  it('is kept once it was verified, and the report tells no path', async () => {
    const { stdout } = await good('kit', 'verify', '--json', ...(await texts('kit')));
    assert.equal(JSON.parse(stdout).recorded, true);
    const [kit] = await kits();
    assert.deepEqual(Object.keys(kit ?? {}).sort(), ['madeAt', 'state', 'verifiedAt']);
    assert.equal(kit?.state, 'kept');
    assert.match((await shop.run(['status'])).stdout, /^recovery kit: kept, verified .* ago$/m);
  });

  it('of a copy elsewhere is one of its own', async () => {
    const keys = ['--layer-keys', shop.at('data/offsite/paris-layer-keys')];
    const password = ['--password-file', shop.at('data/repository-password')];
    const made = await shop.run(['kit', 'create', ...keys, ...password, '--output', 'kit-paris'], {
      env: { RESTIC_REPOSITORY: paris() },
    });
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(await readdir(shop.at('data/kits')), ['off-site-paris.json', 'repository.json']);
    assert.deepEqual(
      (await kits()).map((kit) => kit?.state),
      ['kept', 'at-risk'],
    );
  });

  it('breaks its promise with a change of a layer key, until a new one is made', async () => {
    await good('layers', 'password');
    const stale = await shop.run(['status']);
    assert.equal(stale.code, 4);
    assert.match(stale.stdout, /^recovery kit: BROKEN, verified .* ago; older than a change of a key; make/m);
    assert.match(stale.stderr, /recovery kit: older than a change of a key/);
    assert.match(stale.stdout, /^recovery kit of paris: at risk, never verified/m);
    await good('kit', 'create', '--output', 'kit-2');
    await good('kit', 'verify', ...(await texts('kit-2')));
    assert.equal((await kits())[0]?.state, 'kept');
  });

  it('breaks its promise with another password of the repository', async () => {
    const password = shop.at('data/repository-password');
    await writeFile(shop.at('new-password'), 'a better one\n', { mode: 0o600 });
    await good('key', 'passwd', '--new-password-file', shop.at('new-password'));
    await writeFile(password, 'a better one\n');
    assert.deepEqual(
      (await kits()).map((kit) => kit?.trouble),
      ['stale', 'stale'],
    );
  });

  it('whose record cannot be used is unknown, and never good', async () => {
    await writeFile(shop.at('data/kits/repository.json'), '{"version":1,');
    const { code, stdout, stderr } = await shop.run(['status']);
    assert.equal(code, 4);
    assert.match(stdout, /^recovery kit: unknown, it cannot be found out whether it fits/m);
    assert.match(stderr, /it cannot be found out whether it fits/);
    assert.match(
      (await shop.run(['kit', 'status'])).stderr,
      /repository\.json cannot be used\n.*Move it away/,
    );
  });
});
