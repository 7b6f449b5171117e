import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

const services = (folder: string): string => `services:
  shop:
    name: Shop
    sources:
      www: { location: "\${BASE}/www", excludes: ['*.tmp'] } # pictures
  wiki:
    criticality: low
    sources:
      wiki: { location: ${folder}/wiki }
`;

describe('apply and export', () => {
  let shop: Workshop;
  let env: Record<string, string>;
  before(async () => {
    shop = await Workshop.open();
    env = { BASE: shop.folder };
    for (const name of ['www', 'wiki']) {
      await mkdir(shop.at(name));
      await writeFile(shop.at(name, 'page'), name);
    }
    await writeFile(shop.at('services.yaml'), services(shop.folder));
  });
  after(() => shop[Symbol.asyncDispose]());

  it('needs a file, a yes, and sources that work; until then nothing is made', async () => {
    const none = await shop.run(['apply']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no file is named/);
    const plan = await shop.run(['apply', 'services.yaml', '--dry-run', '--json'], { env });
    assert.deepEqual(
      jsonLines(plan.stdout).flatMap(({ steps }) => (steps as { name: string }[]).map(({ name }) => name)),
      ['shop', 'www', 'wiki', 'wiki'],
    );
    const refused = await shop.run(['apply', 'services.yaml'], { env });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /--yes/);
    await writeFile(
      shop.at('wrong.yaml'),
      `${services(shop.folder)}      orders: { location: 'postgres://a@127.0.0.1:1/b', password: '\${PW}' }\n`,
    );
    const wrong = await shop.run(['apply', 'wrong.yaml', '--yes'], { env: { ...env, PW: 'canary' } });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /cannot be reached/);
    assert.doesNotMatch(wrong.stdout + wrong.stderr, /canary/);
    assert.match(wrong.stdout, /password: set/);
    // Nobody connects to what whoever runs the machine keeps out, for the scratch copies of drills neither.
    const orders = '      orders: { location: "postgres://a@127.0.0.1:1/b"';
    for (const refused of [
      '      orders: { location: "postgres://a@169.254.169.254/b" }',
      `${orders}, scratchServer: "postgres://a@169.254.169.254/b" }`,
    ]) {
      await writeFile(shop.at('wrong.yaml'), `${services(shop.folder)}${refused}\n`);
      const metadata = await shop.run(['apply', 'wrong.yaml', '--yes'], { env });
      assert.equal(metadata.code, 1);
      assert.match(metadata.stderr, /169\.254\.169\.254 is at an address that is not reached/);
    }
    assert.ok(!(await readdir(shop.folder)).includes('data'));
  });

  it('carries a file out, and changes nothing when it is applied again', async () => {
    const first = await shop.run(['apply', 'services.yaml', '--yes'], { env });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /4 to create/);
    assert.match(first.stderr, /Keep a copy of its password/);
    const again = await shop.run(['apply', 'services.yaml', '--json'], { env });
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(
      jsonLines(again.stdout).map(({ message_type }) => message_type),
      ['plan', 'applied'],
    );
    const backup = await shop.run(['backup'], { env });
    assert.equal(backup.code, 0, backup.stderr);
  });

  it('exports into the configuration file, whose settings, remarks, mode and link stay', async () => {
    const file = shop.at('in-git.yaml');
    await writeFile(file, `# ours\nlisten: 127.0.0.1:0\n${services(shop.folder)}`);
    await chmod(file, 0o640);
    await symlink(file, shop.at('data', 'octobox.yaml'));
    const same = await shop.run(['export', '--write'], { env });
    assert.match(same.stdout, /as it was/);
    const settings = await shop.run(['apply', 'in-git.yaml', '--dry-run'], { env });
    assert.match(settings.stdout, /nothing to change/);
    const protect = await shop.run(['protect', 'services.yaml', '--name', 'Configuration'], { env });
    assert.equal(protect.code, 0, protect.stderr);
    const written = await shop.run(['export', '--write', '--json'], { env });
    assert.equal(jsonLines(written.stdout)[0]?.changed, true);
    const text = await readFile(file, 'utf8');
    assert.match(text, /^# ours\nlisten: 127\.0\.0\.1:0\n.*\$\{BASE\}\/www.*# pictures.*configuration:/s);
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.equal((await shop.run(['export'], { env })).stdout, text);
    assert.match((await shop.run(['apply', '--prune'], { env })).stdout, /nothing to change/);
    assert.deepEqual(
      (await readdir(shop.folder)).filter((name) => name.endsWith('.new')),
      [],
    );
  });

  it('removes what is not in the file only when it is told to', async () => {
    const left = await shop.run(['apply', 'services.yaml'], { env });
    assert.equal(left.code, 0, left.stderr);
    assert.match(left.stdout, /service configuration: not in the file/);
    const pruned = await shop.run(['apply', 'services.yaml', '--prune', '--yes'], { env });
    assert.equal(pruned.code, 0, pruned.stderr);
    assert.match(pruned.stdout, /2 to remove/);
    const status = await shop.run(['status', '--json'], { env });
    assert.doesNotMatch(status.stdout, /onfiguration/);
  });
});
