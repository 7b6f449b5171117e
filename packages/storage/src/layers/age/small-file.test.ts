/** Files for a passphrase or for identities: who cannot open one is told what it takes. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PassphraseIdentity, PassphraseRecipient } from './passphrase.ts';
import { decryptSmall, encryptSmall } from './small-file.ts';
import { X25519Identity } from './x25519.ts';

const sealed = encryptSmall(Buffer.from('a kit'), [new PassphraseRecipient('right', 1)]);

it('opens with its passphrase', () => {
  assert.equal(decryptSmall(sealed, [new PassphraseIdentity('right')]).toString(), 'a kit');
});

it('tells of a passphrase, not of recipients, where another one or an identity is given', () => {
  for (const identity of [new PassphraseIdentity('wrong'), X25519Identity.generate()])
    assert.throws(() => decryptSmall(sealed, [identity]), {
      message: 'it was encrypted with a passphrase, and none at hand opens it',
    });
});
