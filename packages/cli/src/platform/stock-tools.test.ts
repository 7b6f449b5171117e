import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { restic } from '@octobox/repository/testing';
import type { Cluster } from '@octobox/sources';
import { createSampleDatabase, readChild, runChild, startPostgres } from '@octobox/sources/testing';
import { parseCryptKey } from '@octobox/storage';
import { peelLayers } from '@octobox/storage/testing';
import { Workshop } from '../testing/octobox.ts';

/** Everything a dump as text tells, but for the lines that name the moment or a random token. */
async function fingerprint(cluster: Cluster, env: Record<string, string>): Promise<string> {
  const hash = createHash('sha256');
  const command = {
    command: join(cluster.binaries.folder, 'pg_dump'),
    args: ['--no-password', '-h', cluster.host, '-p', String(cluster.port), '-U', cluster.superuser, 'shop'],
    env,
  };
  let rest = '';
  for await (const chunk of readChild(command)) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!/^\\(un)?restrict /.test(line)) hash.update(`${line}\n`);
  }
  return hash.update(rest).digest('hex');
}

describe('a database in stock hands', () => {
  let workshop: Workshop;
  let live: Cluster;
  before(async () => {
    workshop = await Workshop.open();
    live = await startPostgres();
    await createSampleDatabase(live);
  });
  after(async () => {
    await live?.[Symbol.asyncDispose]();
    await workshop?.[Symbol.asyncDispose]();
  });

  it('what octobox protects comes back with age, rclone, restic, psql and pg_restore alone, to the last row', async () => {
    const address = `postgres://${live.superuser}@${live.host}:${live.port}/shop`;
    const env = { PGPASSWORD: live.password };
    const protectedNow = await workshop.run(['protect', address], { env });
    assert.equal(protectedNow.code, 0, protectedNow.stderr);
    const backup = await workshop.run(['backup'], { env });
    assert.equal(backup.code, 0, backup.stderr);

    const key = (name: string): string => workshop.at('data', 'layer-keys', name);
    const access = {
      repository: await peelLayers({
        repository: workshop.at('data', 'repository'),
        identityFile: key('recovery-identity'),
        crypt: parseCryptKey(await readFile(key('crypt-key'), 'utf8'), 'crypt-key'),
        workplace: workshop.at('peeled'),
      }),
      env: { RESTIC_PASSWORD: '', RESTIC_PASSWORD_FILE: workshop.at('data', 'repository-password') },
    };
    await restic(['check', '--read-data'], access);
    await restic(['restore', 'latest', '--target', workshop.at('out')], access);
    const restored = (name: string): string => workshop.at('out', 'octobox', 'shop', name);

    await using fresh = await startPostgres();
    const connection = ['-h', fresh.host, '-p', String(fresh.port), '-U', fresh.superuser];
    // The superuser of both clusters has one name, which psql reports as existing and goes on.
    await runChild({
      command: join(fresh.binaries.folder, 'psql'),
      args: [...connection, '-q', '-d', 'postgres', '-f', restored('globals.sql')],
      env: { PGPASSWORD: fresh.password },
    });
    // The roles came back with their passwords, the superuser's too.
    await runChild({
      command: join(fresh.binaries.folder, 'pg_restore'),
      args: [...connection, '--exit-on-error', '--create', '-d', 'postgres', restored('shop.dump')],
      env,
    });
    assert.equal(await fingerprint(fresh, env), await fingerprint(live, env));
  });
});
