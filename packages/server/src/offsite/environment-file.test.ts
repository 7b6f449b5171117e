import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startRestServer } from '@octobox/storage/testing';
import { configFrom, warnOfOpenSecret } from '../platform/index.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { OffSitePlace } from './off-site-place.ts';

describe('the file with the credentials of an off-site repository', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-environment-'));
    file = join(folder, 'paris.env');
    const text = '# of the storage\nexport RESTIC_REST_USERNAME=us\nRESTIC_REST_PASSWORD="geheimnis"\n';
    await writeFile(file, text, { mode: 0o600 });
  });
  after(() => rm(folder, { recursive: true }));

  it('is refused while others can get at it, without what it holds', async () => {
    for (const mode of [0o644, 0o640, 0o620, 0o604]) {
      await chmod(file, mode);
      await assert.rejects(readEnvironmentFile(file), ({ message, advice }: Error & { advice: string }) => {
        assert.match(message, /paris\.env: .*open to others \(mode 06[024][04]\)/);
        assert.match(advice, /chmod 600/);
        return !/geheimnis/.test(message + advice);
      });
    }
    await chmod(file, 0o600);
    const read = await readEnvironmentFile(file);
    assert.deepEqual(read, { RESTIC_REST_USERNAME: 'us', RESTIC_REST_PASSWORD: 'geheimnis' });
  });

  it('is named when the storage does not take what it holds', async () => {
    const server = await startRestServer({ user: { name: 'us', password: 'another' } });
    try {
      const text = `offsite: { paris: { location: "rest:${server.url}", environmentFile: ${file} } }`;
      const config = configFrom({
        env: {},
        dataFolder: folder,
        file: { path: join(folder, 'o.yaml'), text },
      });
      const [settings] = config.offsite;
      assert.ok(settings);
      const place = new OffSitePlace(settings);
      for (const use of [() => place.open(), () => place.prepare()])
        await assert.rejects(use(), ({ code, advice }: Error & { code: string; advice: string }) => {
          assert.equal(code, 'storage.credentials');
          return advice.includes(`Those of paris come from ${file}.`);
        });
    } finally {
      await server.stop();
    }
  });

  it('a repository password that others can read is warned of', async () => {
    const told: object[] = [];
    const note = (fields: object): void => {
      told.push(fields);
    };
    const log = { debug: note, info: note, warn: note, error: note };
    await warnOfOpenSecret(file, log);
    await warnOfOpenSecret(join(folder, 'none'), log);
    assert.deepEqual(told, []);
    await chmod(file, 0o644);
    await warnOfOpenSecret(file, log);
    assert.deepEqual(told, [{ file, mode: '0644' }]);
  });
});
