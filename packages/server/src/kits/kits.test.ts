import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  type KitRecord,
  layerFingerprints,
  layerNames,
  passwordFingerprint,
  writeKitRecord,
} from '@octobox/recovery-kit/record';
import { formatCryptKey, freshCryptKey, KeyFolder } from '@octobox/storage';
import { openPlatform, type Platform } from '../open-platform.ts';
import { type Config, configFrom, silentLog } from '../platform/index.ts';
import type { KitReport } from '../status/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { plainSentence } from '../trust/index.ts';
import { platformKitRecord } from './index.ts';

const dayMs = 86_400_000;
const keyFile = (digit: string): string => digit.repeat(64);

describe('the recovery kits of the platform', { timeout: 240_000 }, () => {
  let folder: string;
  let clock: ManualClock;
  let config: Config;
  let platform: Platform;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-kits-'));
    clock = new ManualClock('2026-11-25T12:00:00.000Z');
    const text = `listen: 127.0.0.1:0\noffsite:\n  paris:\n    location: ${join(folder, 'paris')}\n    place: Paris, France\n`;
    config = configFrom({
      env: {},
      dataFolder: join(folder, 'data'),
      file: { path: join(folder, 'octobox.yaml'), text },
    });
    platform = await openPlatform(config, { log: silentLog, clock });
    await mkdir(join(config.repository.location, 'keys'), { recursive: true });
    await addKey('a');
    await writeFile(config.repository.passwordFile, 'correct horse\n');
    for (const { layerKeys } of [config.repository, ...config.offsite]) {
      await new KeyFolder(layerKeys).create({ location: 'here', layers: ['crypt', 'age'] });
    }
  });
  afterEach(async () => {
    await platform.stop();
    await rm(folder, { recursive: true });
  });

  const addKey = (digit: string): Promise<void> =>
    writeFile(join(config.repository.location, 'keys', `${keyFile(digit)}.bin.age`), '');
  const protect = async (): Promise<void> => {
    await platform.catalog.addService({ name: 'Shop', criticality: 'normal' });
    const place = { location: join(folder, 'site'), schedule: 'every 1h' };
    await platform.catalog.addSource({ serviceId: 'shop', kind: 'files', name: 'Files', ...place });
  };
  /** The record as `kit create` writes it. */
  const record = async (location: string, layerKeys: string, verified: boolean): Promise<string> => {
    const set = '0badcafe';
    const keys = await new KeyFolder(layerKeys).layerKeys();
    const at = clock.now().toISOString();
    const made: KitRecord = {
      ...{ version: 1, location, set, madeAt: at, checksums: {}, layers: layerNames(keys) },
      fingerprints: { ...passwordFingerprint('correct horse', set), ...layerFingerprints(keys, set) },
      keyFiles: [keyFile('a')],
      ...(verified ? { verified: { at, snapshot: 'f'.repeat(64), files: 1, bytes: 1 } } : {}),
    };
    const path = await platformKitRecord(config, location);
    assert.ok(path);
    assert.equal(dirname(path), join(config.dataFolder, 'kits'));
    await writeKitRecord(path, made);
    return path;
  };
  const recordBoth = async (verified = true): Promise<void> => {
    await record(config.repository.location, config.repository.layerKeys, verified);
    for (const { location, layerKeys } of config.offsite) await record(location, layerKeys, verified);
  };
  /** After the time that a look is shown for. */
  const kits = async (): Promise<(KitReport | undefined)[]> => {
    clock.jumpTo(new Date(clock.now().getTime() + 61_000).toISOString());
    return (await platform.board.report()).repositories.map(({ recoveryKit }) => recoveryKit);
  };
  const states = async (): Promise<unknown[]> =>
    (await kits()).map((kit) => [kit?.state, ...(kit?.trouble === undefined ? [] : [kit.trouble])]);
  const days = (count: number): void =>
    clock.jumpTo(new Date(clock.now().getTime() + count * dayMs).toISOString());
  const both = (...state: string[]) => [state, state];

  it('are nothing to tell of as long as nothing is protected', async () => {
    assert.deepEqual(await kits(), [undefined, undefined]);
  });

  it('that were never made are a risk for a week, and then a broken promise', async () => {
    await protect();
    assert.deepEqual(await states(), both('at-risk', 'never-made'));
    days(8);
    assert.deepEqual(await states(), both('broken', 'never-made'));
  });

  it('that were never verified are a risk for a week, and then a broken promise', async () => {
    await protect();
    days(30);
    await recordBoth(false);
    assert.deepEqual(await states(), both('at-risk', 'never-verified'));
    days(8);
    assert.deepEqual(await states(), both('broken', 'never-verified'));
  });

  it('that were verified are good for a year, and the report tells when and nothing else', async () => {
    await protect();
    const at = clock.now().toISOString();
    await recordBoth();
    const kit = { state: 'kept', madeAt: at, verifiedAt: at };
    assert.deepEqual(await kits(), [kit, kit]);
    days(366);
    assert.deepEqual(await states(), both('at-risk', 'verified-long-ago'));
  });

  it('are stale at once when the key of a layer is another', async () => {
    await protect();
    await recordBoth();
    await new KeyFolder(config.repository.layerKeys).write('crypt-key', formatCryptKey(freshCryptKey()));
    assert.deepEqual(await states(), [['broken', 'stale'], ['kept']]);
    const [paris] = config.offsite;
    const recipients = new KeyFolder(paris?.layerKeys ?? '').file('age-recipients');
    const lines = (await readFile(recipients, 'utf8')).split('\n').filter((line) => line.startsWith('age1'));
    await writeFile(recipients, `${lines[0]}\n`);
    assert.deepEqual(await states(), both('broken', 'stale'));
  });

  it('are stale at once when the repository has another password', async () => {
    await protect();
    await recordBoth();
    await addKey('b');
    await writeFile(config.repository.passwordFile, 'another horse\n');
    assert.deepEqual(await states(), both('broken', 'stale'));
  });

  it('are stale when the repository lies elsewhere', async () => {
    await protect();
    const path = await record(config.repository.location, config.repository.layerKeys, true);
    const made = JSON.parse(await readFile(path, 'utf8')) as KitRecord;
    await writeKitRecord(path, { ...made, location: '/somewhere/else' });
    assert.deepEqual((await states())[0], ['broken', 'stale']);
    assert.equal(await platformKitRecord(config, '/somewhere/else'), undefined);
  });

  it('are unknown, and never good, when their record or the repository cannot be read', async () => {
    await protect();
    const path = await record(config.repository.location, config.repository.layerKeys, true);
    await rename(config.repository.location, join(folder, 'unmounted'));
    assert.deepEqual((await states())[0], ['unknown', 'unreadable']);
    await rename(join(folder, 'unmounted'), config.repository.location);
    assert.deepEqual((await states())[0], ['kept']);
    for (const text of ['{"version":1', '{"version":2,"set":"a"}', '{}', 'null']) {
      await writeFile(path, text);
      assert.deepEqual((await states())[0], ['unknown', 'unreadable'], text);
    }
    assert.equal(dirname(path), join(config.dataFolder, 'kits'));
  });

  it('are a promise of each service, whose history follows what is seen', async () => {
    const promise = async () =>
      (await platform.promises.current()).find(({ kind }) => kind === 'recovery-kit');
    const settle = async (): Promise<void> => {
      await kits();
      await platform.kits.tell();
      await platform.settled();
    };
    await platform.catalog.addService({ name: 'Nothing yet', criticality: 'normal' });
    await settle();
    assert.equal((await promise())?.state, 'unknown');
    await platform.catalog.removeService('nothing-yet');
    await protect();
    await settle();
    assert.equal((await promise())?.state, 'at-risk');
    await recordBoth();
    await settle();
    const kept = await promise();
    assert.equal(kept?.state, 'kept');
    assert.ok(kept.evidence.observedAt);
    assert.match(plainSentence(kept.evidence.sentence), /; the kit of the copy in Paris, France was proved/);
    await addKey('b');
    await settle();
    const history = (await platform.promises.history()).filter(({ kind }) => kind === 'recovery-kit');
    assert.deepEqual(history.map(({ to }) => to).slice(0, 3), ['broken', 'kept', 'at-risk']);
  });

  it('are told as a fact whenever their state is another', async () => {
    await protect();
    const told: string[] = [];
    platform.events.on('kit.changed', ({ kit, from }) => {
      told.push(`${kit.repository ?? 'primary'}: ${from ?? 'new'} → ${kit.state}`);
    });
    const look = (): Promise<void> => platform.kits.tell();
    await look();
    await look();
    await recordBoth();
    await kits();
    await look();
    assert.deepEqual(told, [
      ...['primary: new → at-risk', 'paris: new → at-risk'],
      ...['primary: at-risk → kept', 'paris: at-risk → kept'],
    ]);
  });
});
