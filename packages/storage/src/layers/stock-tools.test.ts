/** Both ways with the programs that the formats come from: Debian's age and rclone. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { LocalStorage } from '../local.ts';
import type { StoredFile } from '../storage.ts';
import { put, randomName } from '../testing/contract.ts';
import { encodeArmor } from './age/armor.ts';
import { openIdentityFile, parseIdentities } from './age/key-files.ts';
import { PassphraseRecipient } from './age/passphrase.ts';
import { encryptSmall } from './age/small-file.ts';
import { X25519Identity, X25519Recipient } from './age/x25519.ts';
import { obscure, reveal } from './crypt/obscure.ts';
import { rcloneSection } from './crypt/rclone-configuration.ts';
import { withAge, withCrypt, withLayers } from './with-layers.ts';

const run = promisify(execFile);

/** Runs a program that asks on its terminal; `answers` are typed. */
async function onTerminal(command: string, answers: string): Promise<void> {
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.resume();
  child.stdin.write(answers);
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
}

const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 3_000_001];
/** To be found again when something goes wrong with names. */
const nameOf = (size: number): string => size.toString(16).padStart(64, '0');

describe('stock tools and the layers', () => {
  let folder: string;
  let storage: LocalStorage;
  const at = (...parts: string[]): string => join(folder, ...parts);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-stock-'));
    storage = new LocalStorage(at('repository'));
    await storage.create();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const crypt = { password: 'correct horse', salt: 'battery ✓' };
  const contents = SIZES.map((size) => ({ size, bytes: randomBytes(size) }));
  const fileOf = (size: number): StoredFile => ({ kind: 'key', name: nameOf(size) });

  const rclone = (...args: string[]) => run('rclone', ['--config', at('rclone.conf'), ...args]);
  const configure = (salt: string | undefined, remote: string) =>
    writeFile(at('rclone.conf'), rcloneSection('octobox', remote, { ...crypt, salt }));

  for (const salt of [crypt.salt, undefined]) {
    it(`rclone reads what the crypt layer writes, and the other way round, ${salt === undefined ? 'without' : 'with'} a salt`, async () => {
      const place = at(`crypt-${salt === undefined}`);
      const own = new LocalStorage(place);
      await own.create();
      const layered = await withCrypt(own, { ...crypt, salt });
      for (const { size, bytes } of contents) await put(layered, fileOf(size), bytes);
      await configure(salt, place);
      const out = at(`plain-${salt === undefined}`);
      await rclone('copy', 'octobox:', out);
      for (const { size, bytes } of contents)
        assert.ok(bytes.equals(await readFile(join(out, 'keys', nameOf(size)))), `${size} bytes`);

      const back = new LocalStorage(at(`back-${salt === undefined}`));
      await back.create();
      await configure(salt, back.location);
      await rclone('copy', out, 'octobox:');
      const reread = await withCrypt(back, { ...crypt, salt });
      for (const { size, bytes } of contents) {
        assert.equal((await reread.stat(fileOf(size))).size, size);
        assert.ok(bytes.equals(await reread.read(fileOf(size))), `${size} bytes`);
        const range = { offset: Math.floor(size / 3), length: Math.floor(size / 2) };
        const part = await reread.read(fileOf(size), range);
        assert.ok(bytes.subarray(range.offset, range.offset + range.length).equals(part), `${size} bytes`);
      }
    });
  }

  it('passwords are obscured and revealed as rclone does', async () => {
    const secret = 'pässword with spaces';
    // After "--": base64url may begin with a hyphen.
    const revealed = await run('rclone', ['reveal', '--', obscure(secret)]);
    assert.equal(revealed.stdout.trim(), secret);
    const obscured = await run('rclone', ['obscure', '--', secret]);
    assert.equal(reveal(obscured.stdout.trim()), secret);
  });

  it('age reads what the age layer writes for each of two recipients of age-keygen', async () => {
    const recipients: X25519Recipient[] = [];
    for (const name of ['recovery', 'drill']) {
      await run('age-keygen', ['-o', at(name)]);
      const [identity] = parseIdentities(await readFile(at(name), 'utf8'), name);
      assert.ok(identity);
      const { stdout } = await run('age-keygen', ['-y', at(name)]);
      assert.equal(String(identity.recipient), stdout.trim());
      recipients.push(X25519Recipient.parse(stdout.trim()));
    }
    const layered = withAge(storage, { recipients, identities: [] });
    for (const { size, bytes } of contents) {
      await put(layered, fileOf(size), bytes);
      for (const name of ['recovery', 'drill']) {
        const stored = at('repository', 'keys', `${nameOf(size)}.age`);
        // To standard output, because age makes no file when there is nothing in it.
        const options = { encoding: 'buffer', maxBuffer: 2 ** 23 } as const;
        const { stdout } = await run('age', ['-d', '-i', at(name), stored], options);
        assert.ok(bytes.equals(stdout), `${size} bytes for ${name}`);
      }
    }
  });

  it('the age layer reads what age writes, sizes and ranges included', async () => {
    const identity = X25519Identity.generate();
    const other = X25519Identity.generate();
    const layered = withAge(storage, { recipients: [], identities: [identity] });
    await mkdir(at('repository', 'index'), { recursive: true });
    for (const { size, bytes } of contents) {
      await writeFile(at('plain'), bytes);
      const stored = at('repository', 'index', `${nameOf(size)}.age`);
      const recipients = ['-r', String(other.recipient), '-r', String(identity.recipient)];
      await run('age', [...recipients, '-o', stored, at('plain')]);
      const file = { kind: 'index', name: nameOf(size) } as const;
      assert.ok(bytes.equals(await layered.read(file)), `${size} bytes`);
      const tail = await layered.read(file, { offset: -Math.min(size, 70_000) });
      assert.ok(bytes.subarray(size - tail.length).equals(tail) && tail.length === Math.min(size, 70_000));
      assert.equal((await layered.stat(file)).size, size);
    }
  });

  it('identity files with a passphrase open in both directions', async () => {
    const identity = X25519Identity.generate();
    const plain = Buffer.from(`# kept by the recovery officer\n${identity.exportSecret()}\n`);
    await writeFile(at('identity'), plain);
    await onTerminal(`age -p -a -o ${at('by-age')} ${at('identity')}`, 'open sesame\nopen sesame\n');
    const [opened] = openIdentityFile(await readFile(at('by-age')), 'by-age', 'open sesame');
    assert.equal(opened?.exportSecret(), identity.exportSecret());
    const wrongPassphrase = await readFile(at('by-age'));
    assert.throws(() => openIdentityFile(wrongPassphrase, 'by-age', 'open'), /passphrase does not open/);

    const sealed = encryptSmall(plain, [new PassphraseRecipient('open sesame', 10)]);
    await writeFile(at('by-octobox'), encodeArmor(sealed));
    await onTerminal(`age -d -o ${at('decrypted')} ${at('by-octobox')}`, 'open sesame\n');
    assert.deepEqual(await readFile(at('decrypted')), plain);
  });

  it('both layers come off with age, then rclone', async () => {
    const identity = X25519Identity.generate();
    const own = new LocalStorage(at('both'));
    await own.create();
    const layered = await withLayers(own, {
      crypt,
      age: { recipients: [identity.recipient], identities: [] },
    });
    const name = randomName();
    const bytes = randomBytes(200_000);
    await put(layered, { kind: 'snapshot', name }, bytes);
    await writeFile(at('id'), `${identity.exportSecret()}\n`);
    await mkdir(at('without-age', 'snapshots'), { recursive: true });
    const decrypted = at('without-age', 'snapshots', `${name}.bin`);
    await run('age', ['-d', '-i', at('id'), '-o', decrypted, at('both', 'snapshots', `${name}.bin.age`)]);
    await configure(crypt.salt, at('without-age'));
    await rclone('copy', 'octobox:', at('restic'));
    assert.deepEqual(await readFile(at('restic', 'snapshots', name)), bytes);
  });
});
