/** What every kind of key holder must do. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { KeyHolder } from './key-holder.ts';
import { wrapKey } from './wrapping.ts';

export interface HeldKeys extends AsyncDisposable {
  /** Holds one key, or makes it at first need. */
  readonly holder: KeyHolder;
}

export function keyHolderContract(open: () => Promise<HeldKeys>): void {
  it('gives one key to begin with, however many ask', async () => {
    await using held = await open();
    const keys = await Promise.all([held.holder.first(), held.holder.first(), held.holder.first()]);
    assert.equal(new Set(keys.map(({ fingerprint }) => fingerprint)).size, 1);
    assert.match(String(keys[0]?.fingerprint), /^[0-9a-f]{64}$/);
    assert.ok(Number(keys[0]?.bits) >= 2_048);
  });

  it('unwraps what was wrapped for its public key', async () => {
    await using held = await open();
    const { fingerprint } = await held.holder.first();
    const key = await held.holder.publicKey(fingerprint);
    const dataKey = Buffer.alloc(32, 7);
    assert.deepEqual(await held.holder.unwrap(fingerprint, wrapKey(key, dataKey)), dataKey);
  });

  it('gives nothing for what was changed since, or is no wrapped key', async () => {
    await using held = await open();
    const key = await held.holder.first();
    const wrapped = wrapKey(key, Buffer.alloc(32));
    wrapped.writeUInt8(wrapped.readUInt8(100) ^ 1, 100);
    for (const bytes of [wrapped, wrapped.subarray(1), Buffer.alloc(0)]) {
      assert.equal(await held.holder.unwrap(key.fingerprint, bytes), undefined);
    }
  });

  it('proves that it gives what was wrapped', async () => {
    await using held = await open();
    const { fingerprint } = await held.holder.first();
    await held.holder.prove(fingerprint);
  });

  it('says which key is not here', async () => {
    await using held = await open();
    await held.holder.first();
    const wrong = { code: 'server.vault-wrong-key', message: /ffffffffffffffff/ };
    await assert.rejects(held.holder.publicKey('f'.repeat(64)), wrong);
    await assert.rejects(held.holder.unwrap('f'.repeat(64), Buffer.alloc(256)), wrong);
  });
}
