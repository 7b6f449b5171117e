import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { keyHolderContract } from '../key-holder-contract.ts';
import { makeKeyPair, privatePem, publicPem } from '../private-key.ts';
import { openSecret, rewrapSecret, sealSecret } from '../sealing.ts';
import { wrapKey } from '../wrapping.ts';
import { KeyCommand } from './key-command.ts';
import type { KeyCommandSettings } from './settings.ts';
import { type TemporaryToken, temporaryToken } from './temporary-token.ts';

let token: TemporaryToken;
let first: KeyCommandSettings;
let second: KeyCommandSettings;
before(async () => {
  token = await temporaryToken();
  first = await token.makeKey('first');
  second = await token.makeKey('second');
});
after(() => token[Symbol.asyncDispose]());

describe('a key command with a PKCS#11 token', () => {
  keyHolderContract(async () => ({
    holder: new KeyCommand(first),
    async [Symbol.asyncDispose]() {},
  }));

  it('says that nothing opens when the token is away, or is another one than the public key belongs to', async () => {
    const key = await new KeyCommand(first).first();
    const wrapped = wrapKey(key, Buffer.alloc(32, 7));
    const away = { ...first, environment: { ...first.environment, SOFTHSM2_CONF: '/dev/null' } };
    await assert.rejects(new KeyCommand(away).unwrap(key.fingerprint, wrapped), {
      code: 'server.vault-key-refused',
      message: /openssl (ended with|was ended by) /,
      advice: /by hand/,
    });
    const other = { ...first, publicKeyFile: second.publicKeyFile };
    await assert.rejects(new KeyCommand(other).first(), { code: 'server.vault-key-refused' });
    const none = { ...first, publicKeyFile: join(token.folder, 'none') };
    await assert.rejects(new KeyCommand(none).first(), {
      code: 'server.vault-key-missing',
      message: /none, is missing/,
    });
  });
});

describe('a key command', () => {
  let folder: string;
  let fingerprint: string;
  let wrapped: Buffer;
  const dataKey = Buffer.alloc(32, 0xa5);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-key-command-'));
    const pair = await makeKeyPair(2_048);
    await writeFile(join(folder, 'key'), privatePem(pair), { mode: 0o600 });
    await writeFile(join(folder, 'key.pub'), publicPem(pair.public));
    fingerprint = pair.public.fingerprint;
    wrapped = wrapKey(pair.public, dataKey);
  });
  after(() => rm(folder, { recursive: true }));

  const program = (script: string, timeoutSeconds = 120) =>
    new KeyCommand({
      command: ['/bin/sh', '-c', script, 'sh', join(folder, 'key')],
      publicKeyFile: join(folder, 'key.pub'),
      environment: { PATH: String(process.env.PATH), NAMED: 'yes' },
      timeoutSeconds,
    });
  const open =
    'openssl pkeyutl -decrypt -inkey "$1" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256';

  it('may answer in base64, is told which key is meant, and gets no variable that was not named', async () => {
    process.env.NOT_NAMED = 'secret';
    const script = `test "$OCTOBOX_KEY_FINGERPRINT/$OCTOBOX_KEY_ALGORITHM/$NAMED/$NOT_NAMED" = ${fingerprint}/RSA-OAEP-SHA-256/yes/ && ${open} | base64`;
    try {
      assert.deepEqual(await program(script).unwrap(fingerprint, wrapped), dataKey);
    } finally {
      delete process.env.NOT_NAMED;
    }
  });

  it('is not taken for a damaged secret when it refuses once and opens a moment later', async () => {
    const marker = join(folder, 'refused');
    const once = `test -e ${marker} || { touch ${marker}; exit 1; }; ${open}`;
    assert.deepEqual(await program(once).unwrap(fingerprint, wrapped), dataKey);
  });

  it('runs once at a time, however many ask', async () => {
    const alone = join(folder, 'alone');
    const script = `mkdir ${alone} || exit 1; ${open}; rmdir ${alone}`;
    const opened = await Promise.all([1, 2, 3].map(() => program(script).unwrap(fingerprint, wrapped)));
    assert.deepEqual(opened, [dataKey, dataKey, dataKey]);
  });

  it('is doubted, not the secret, when it gives another key than was wrapped', async () => {
    const binding = { owner: 'source:1', name: 'password', version: 1 };
    const key = await program(open).own();
    const sealed = sealSecret(key, binding, Buffer.from('zebra'));
    const kept = join(folder, 'kept');
    const keeping = `test -e ${kept} || ${open} > ${kept}; cat ${kept}`;
    await program(keeping).unwrap(fingerprint, wrapped);
    const doubted = {
      code: 'server.vault-key-refused',
      message: /sh gave another key than the one that was wrapped for .*key\.pub$/,
      advice: /probably whole.*OCTOBOX_KEY_FINGERPRINT.*openssl pkeyutl -encrypt/s,
    };
    await assert.rejects(openSecret(program(keeping), binding, sealed), doubted);
    // Wrapped for another key as it is, the secret would be lost.
    const other = await makeKeyPair(2_048);
    await assert.rejects(rewrapSecret(program(keeping), other.public, binding, sealed), doubted);
    await assert.rejects(program(keeping).first(), doubted);

    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(sealed.length - 20) ^ 1, sealed.length - 20);
    const damaged = { code: 'server.vault-damaged' };
    await assert.rejects(openSecret(program(open), binding, changed), damaged);
    await assert.rejects(rewrapSecret(program(open), other.public, binding, changed), damaged);
    assert.deepEqual(await openSecret(program(open), binding, sealed), Buffer.from('zebra'));
  });

  it('tells a refusal from nobody there, and no part of a key', async () => {
    const refused: readonly [string, RegExp][] = [
      ['echo "access denied for role backup" >&2; exit 3', /ended with 3: access denied for role backup$/],
      [`${open} | tee /dev/stderr | base64 >&2; exit 1`, /ended with 1/],
      [`k=$(${open} | base64); echo "got $k" >&2; echo "$k"; exit 1`, /ended with 1: got \*\*\*$/],
      ['echo no key', /printed 7 bytes, which are no key of 32 bytes$/],
      ['yes', /far more than a key/],
      ['kill -TERM $$', /ended by SIGTERM/],
    ];
    for (const [script, message] of refused) {
      const error = await program(script)
        .unwrap(fingerprint, wrapped)
        .catch((caught: Error) => caught);
      assert.ok(error instanceof Error, script);
      assert.equal((error as { code?: string }).code, 'server.vault-key-refused');
      assert.match(error.message, message);
      for (const form of [dataKey.toString('base64'), dataKey.toString('latin1'), dataKey.toString('hex')])
        assert.ok(!error.message.includes(form), script);
    }
    const unreachable = { code: 'server.vault-key-unreachable' };
    await assert.rejects(program('echo "no route" >&2; exit 75').unwrap(fingerprint, wrapped), {
      ...unreachable,
      message: /asked later: no route$/,
    });
    await assert.rejects(program('sleep 600 & sleep 600', 0.2).unwrap(fingerprint, wrapped), {
      ...unreachable,
      message: /within 0\.2 seconds$/,
    });
    const absent = new KeyCommand({ ...program('').settings, command: [join(folder, 'absent')] });
    await assert.rejects(absent.unwrap(fingerprint, wrapped), {
      ...unreachable,
      message: /started \(ENOENT\)$/,
    });
  });
});
