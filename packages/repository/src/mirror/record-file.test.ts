import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type MissingObject, objectKey } from './mirror-record.ts';
import { readMirrorRecord, writeMirrorRecord } from './record-file.ts';

describe('the record of a mirror', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-record-'));
  });
  after(() => rm(folder, { recursive: true }));

  const many = new Map<string, MissingObject>();
  for (let number = 0; number < 10_000; number++) {
    const name = number.toString(16).padStart(64, '0');
    const object = { kind: 'data', name, seconds: number, held: number % 3 === 0 } as const;
    many.set(objectKey('data', name), object);
  }
  const record = {
    repository: 'ab',
    lookedAt: '2026-11-25T10:00:00.000Z',
    succeededAt: undefined,
    bytesPerSecond: 1234,
    retainedAt: undefined,
    missing: many,
  };

  it('is empty before the first run, and for another repository', async () => {
    assert.equal((await readMirrorRecord(join(folder, 'none'), 'ab')).missing.size, 0);
    await writeMirrorRecord(join(folder, 'other'), record);
    assert.equal((await readMirrorRecord(join(folder, 'other'), 'cd')).lookedAt, undefined);
  });

  it('is read as it was written, by its owner alone', async () => {
    const path = join(folder, 'deep', 'record');
    await writeMirrorRecord(path, record);
    await writeMirrorRecord(path, record);
    assert.deepEqual(await readMirrorRecord(path, 'ab'), record);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('that was cut off or changed is refused', async () => {
    const path = join(folder, 'damaged');
    await writeMirrorRecord(path, record);
    const whole = await readFile(path, 'utf8');
    for (const text of ['', 'nothing', whole.slice(0, 200_000), whole.replace(' 17\n', ' -17\n')]) {
      await writeFile(path, text);
      await assert.rejects(readMirrorRecord(path, 'ab'), { code: 'repository.mirror-record' });
    }
  });
});
