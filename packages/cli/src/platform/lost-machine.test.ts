import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

const owner = {
  name: 'Ada',
  email: 'ada@example.com',
  organisation: 'Engines',
  password: 'three owls on a fence',
};

async function serving(shop: Workshop) {
  const env = { OCTOBOX_LISTEN: '127.0.0.1:0', OCTOBOX_CONSOLE_LISTEN: '127.0.0.1:0' };
  const { child, ended } = shop.start(['serve', '--json'], { env });
  if (child.stdout === null) throw new Error('it says nothing');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { console, set_up_link_file } = JSON.parse(line);
  const send = (path: string, form: Record<string, string>) =>
    fetch(`${console}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: console },
      body: new URLSearchParams(form),
    });
  return {
    setUpLinkFile: set_up_link_file as string | undefined,
    send,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('a platform whose machine is lost', () => {
  it('comes back elsewhere from its copy off site, with its accounts, as the guide says', async () => {
    await using shop = await Workshop.open();
    const done = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await shop.run(args);
      assert.equal(code, 0, `octobox ${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    await shop.folderFor('site');
    await writeFile(shop.at('site', 'page'), 'worth keeping');
    await shop.folderFor('data');
    await writeFile(shop.at('data', 'octobox.yaml'), `offsite: { paris: { location: ${shop.at('off')} } }\n`);
    await done('protect', shop.at('site'));
    await done('protect', `sqlite:${shop.at('data', 'octobox.db')}`);

    const before = await serving(shop);
    try {
      assert.ok(before.setUpLinkFile);
      const token = (await readFile(before.setUpLinkFile, 'utf8')).trim().split('/').at(-1);
      assert.equal((await before.send(`/setup/${token}`, owner)).status, 303);
      await done('backup');
      await done('mirror');
    } finally {
      await before.kill();
    }

    // What the guide says to keep elsewhere; of the layers' keys what the kits of the copy hold.
    const kept = await shop.folderFor('kept');
    for (const name of ['octobox.yaml', 'vault.pem', 'repository-password'])
      await cp(shop.at('data', name), `${kept}/${name}`);
    await mkdir(`${kept}/keys`);
    const keys = shop.at('data', 'offsite', 'paris-layer-keys');
    await cp(`${keys}/crypt-key`, `${kept}/keys/crypt-key`);
    await cp(`${keys}/recovery-identity`, `${kept}/keys/drill-identity`);
    await rm(shop.at('data'), { recursive: true });
    await rm(shop.at('home'), { recursive: true, force: true });

    const copy = ['-r', shop.at('off'), '--layer-keys', `${kept}/keys`, '-p', `${kept}/repository-password`];
    const snapshots = jsonLines(await done('snapshots', '--json', ...copy)).flat() as {
      paths: string[];
      id: string;
    }[];
    const own = snapshots.findLast(({ paths }) => paths.some((path) => path.endsWith('octobox.db')));
    assert.ok(own);
    await done('restore', `${own.id}:/octobox/octobox.db`, '--target', shop.at('data'), ...copy);
    for (const name of ['octobox.yaml', 'vault.pem', 'repository-password'])
      await cp(`${kept}/${name}`, shop.at('data', name));
    await mkdir(shop.at('data', 'offsite'), { mode: 0o700 });
    await cp(`${kept}/keys`, shop.at('data', 'offsite', 'paris-layer-keys'), { recursive: true });
    const anew = [
      '--to',
      shop.at('data', 'repository'),
      '--to-layers',
      'all',
      '--to-layer-keys',
      shop.at('data', 'layer-keys'),
    ];
    await done('mirror', ...copy, ...anew, '--yes');

    const after = await serving(shop);
    try {
      assert.equal(after.setUpLinkFile, undefined, 'it has its owner');
      const answer = await after.send('/sign-in', owner);
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/app']);
      await done('backup');
      await done('mirror');
      await done('drill');
    } finally {
      await after.kill();
    }
  });
});
