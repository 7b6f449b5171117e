import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { backupFiles } from '../backup/files.ts';
import { backupStreams } from '../backup/streams.ts';
import { applyForget, planForget } from '../forget/forget.ts';
import { noise } from '../testing/fixture-tree.ts';
import { Workshop } from '../testing/workshop.ts';
import { heldBySuspicion, SUSPICIOUS_TAG } from './suspicious-tag.ts';

const HOUR = 3_600_000;
const documents = 60;

/** Text that compresses to about a third, as real text does; other each time for another seed. */
function prose(seed: string, length: number): string {
  const words = noise(`${seed} words`, length).toString('latin1');
  let text = '';
  for (let at = 0; text.length < length; at++) text += `${vocabulary[words.charCodeAt(at) % 64]} `;
  return text;
}
const vocabulary = Array.from({ length: 64 }, (_, n) => `${n.toString(36)}${'aeiou'[n % 5]}nder${n * 7}`);

/** A company's folder with some days of ordinary work behind it. */
class Office {
  readonly workshop: Workshop;
  #hour = 0;

  constructor(workshop: Workshop) {
    this.workshop = workshop;
    for (let number = 0; number < documents; number++) this.write(number, 'first');
  }

  name = (number: number): string => `documents/${number % 6}/letter${number}.txt`;
  write = (number: number, edition: string): void =>
    this.workshop.write(this.name(number), prose(`${edition} ${number}`, 40_000));
  path = (number: number): string => `${this.workshop.source}/${this.name(number)}`;

  async backup() {
    const repository = await this.workshop.repository();
    return await backupFiles(repository, {
      paths: [this.workshop.source],
      host: 'office',
      workers: 1,
      noLock: true,
      watchForIntrusion: true,
      time: new Date(Date.UTC(2026, 0, 5) + HOUR * this.#hour++),
    });
  }

  /** Each time a few letters are written anew and one is added. */
  async work(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      this.write((time * 7) % documents, `edited ${this.#hour}`);
      this.workshop.write(`documents/new/${this.#hour}.txt`, prose(`new ${this.#hour}`, 20_000));
      assert.deepEqual((await this.backup()).signs, []);
    }
  }
}

async function office(times = 5): Promise<Office & AsyncDisposable> {
  const workshop = await Workshop.open();
  const it = new Office(workshop);
  await it.work(times);
  return Object.assign(it, { [Symbol.asyncDispose]: () => workshop[Symbol.asyncDispose]() });
}

const encrypted = (plain: Buffer): Buffer =>
  createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16)).update(plain);

describe('a backup is marked suspicious', { timeout: 240_000 }, () => {
  it('when files were encrypted in place, and the backups before it are held', async () => {
    await using at = await office();
    for (let number = 0; number < documents; number++)
      writeFileSync(at.path(number), encrypted(readFileSync(at.path(number))));
    const { signs, snapshot } = await at.backup();
    assert.deepEqual(
      signs.map(({ code }) => code),
      ['incompressible', 'rewritten'],
    );
    assert.match(
      signs[0]?.summary ?? '',
      /no longer compresses.* takes (99|100) % of its size, \d\d % until/,
    );
    assert.match(signs[1]?.summary ?? '', /9\d % of 6\d files were changed or replaced/);
    assert.deepEqual(snapshot?.tags, [SUSPICIOUS_TAG]);

    const after = await at.backup();
    assert.deepEqual(after.signs, [], 'nothing changed any more');
    const repository = await at.workshop.repository();
    const all = await Array.fromAsync(repository.snapshots());
    const held = heldBySuspicion(all);
    assert.equal(held.size, 6);
    assert.ok(!held.has(after.snapshot?.id ?? ''));
    const plan = planForget(all, { keepLast: 1, held });
    assert.deepEqual(plan.remove, []);
    assert.match(plan.groups[0]?.keep[1]?.reasons.join() ?? '', /^suspicious$/);
    assert.match(plan.groups[0]?.keep[2]?.reasons.join() ?? '', /^before suspicious [0-9a-f]{8}$/);

    // Any restic can take the mark away; then the rules count again.
    await at.workshop.restic(['tag', '--remove', SUSPICIOUS_TAG, snapshot?.id ?? '']);
    const again = await Array.fromAsync((await at.workshop.repository()).snapshots());
    const released = planForget(again, { keepLast: 1, held: heldBySuspicion(again) });
    assert.equal(released.remove.length, 6);
    await applyForget(await at.workshop.repository(), released);
    await at.workshop.restic(['check', '--read-data']);
  });

  it('when files were encrypted under new names, or only each fifth one', async () => {
    await using at = await office();
    for (let number = 0; number < documents; number += 5) {
      const path = at.path(number);
      writeFileSync(`${path}.locked`, encrypted(readFileSync(path)));
      rmSync(path);
    }
    assert.deepEqual(
      (await at.backup()).signs.map(({ code }) => code),
      ['incompressible'],
    );
  });

  it('when what never compressed was rewritten under new names', async () => {
    await using workshop = await Workshop.open();
    const at = new Office(workshop);
    for (let number = 0; number < documents; number++) workshop.write(at.name(number), 40_000);
    for (let time = 0; time < 5; time++) {
      workshop.write(`documents/photo${time}.jpg`, 50_000);
      await at.backup();
    }
    for (let number = 0; number < documents; number++) {
      writeFileSync(at.path(number), encrypted(readFileSync(at.path(number))));
      renameSync(at.path(number), `${at.path(number)}.crypt`);
    }
    assert.deepEqual(
      (await at.backup()).signs.map(({ code }) => code),
      ['rewritten'],
    );
  });

  it('when most files are gone, or emptied', async () => {
    await using at = await office();
    for (let number = 0; number < documents; number += 2) rmSync(at.path(number));
    const [sign] = (await at.backup()).signs;
    assert.equal(sign?.code, 'files-lost');
    assert.deepEqual((await at.backup()).signs, [], 'told once');
    assert.match(sign?.summary ?? '', /^46 % of the files are gone: 35 of 65 are left \(usually 0 % go/);

    await using other = await office();
    for (let number = 0; number < documents; number++) writeFileSync(other.path(number), '');
    assert.deepEqual(
      (await other.backup()).signs.map(({ code }) => code),
      ['bytes-lost'],
    );
  });

  it('when a dump no longer compresses or shrinks', async () => {
    await using workshop = await Workshop.open();
    let hour = 0;
    const dump = async (content: Buffer) =>
      await backupStreams(await workshop.repository(), {
        folder: '/dumps',
        files: [
          {
            path: 'shop.sql',
            content: (async function* () {
              yield content;
            })(),
          },
        ],
        host: 'office',
        workers: 1,
        noLock: true,
        watchForIntrusion: true,
        time: new Date(Date.UTC(2026, 0, 5) + HOUR * hour++),
      });
    const rows = prose('rows', 3_000_000);
    for (let time = 0; time < 4; time++) {
      const { signs } = await dump(Buffer.from(rows + prose(`more ${time}`, time * 10_000)));
      assert.deepEqual(signs, []);
    }
    const locked = await dump(encrypted(Buffer.from(rows)));
    assert.deepEqual(
      locked.signs.map(({ code }) => code),
      ['incompressible'],
    );
    const short = await dump(Buffer.from(rows.slice(0, 1_000_000)));
    assert.deepEqual(
      short.signs.map(({ code }) => code),
      ['bytes-lost'],
    );
  });
});

describe('a backup is not marked', { timeout: 240_000 }, () => {
  it('when it is one of the first, as there is no history yet', async () => {
    await using at = await office(2);
    for (let number = 0; number < documents; number++)
      writeFileSync(at.path(number), encrypted(Buffer.alloc(40_000)));
    assert.deepEqual((await at.backup()).signs, []);
  });

  it('after a release that replaced nearly everything', async () => {
    await using at = await office();
    for (let number = 0; number < documents; number++) at.write(number, 'release 2');
    assert.deepEqual((await at.backup()).signs, []);
    // And as a folder of its own beside the last one, which goes.
    for (let number = 0; number < documents; number++) {
      rmSync(at.path(number));
      at.workshop.write(`release3/file${number}.txt`, prose(`release 3 ${number}`, 42_000));
    }
    assert.deepEqual((await at.backup()).signs, []);
  });

  it('after a rotation of logs, uploads of photographs, or a touch of every file', async () => {
    await using at = await office(1);
    const { source } = at.workshop;
    for (let number = 1; number < 10; number++)
      at.workshop.write(
        `logs/app.log.${number}.gz`,
        gzipSync(prose(`log ${number}`, 200_000)).toString('latin1'),
      );
    at.workshop.write('logs/app.log', prose('log 0', 200_000));
    await at.work(4);
    for (let number = 9; number > 1; number--)
      renameSync(`${source}/logs/app.log.${number - 1}.gz`, `${source}/logs/app.log.${number}.gz`);
    writeFileSync(`${source}/logs/app.log.1.gz`, gzipSync(readFileSync(`${source}/logs/app.log`)));
    at.workshop.write('logs/app.log', 'started\n');
    assert.deepEqual((await at.backup()).signs, []);

    for (let number = 0; number < 30; number++) at.workshop.write(`photos/${number}.jpg`, 60_000);
    assert.deepEqual((await at.backup()).signs, []);

    for (let number = 0; number < documents; number++) utimesSync(at.path(number), new Date(), new Date());
    assert.deepEqual((await at.backup()).signs, []);
  });
});
