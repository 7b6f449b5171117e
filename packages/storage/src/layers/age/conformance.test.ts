/** The format's own vectors (C2SP CCTV, npm package `cctv-age`), all that concern native keys, passphrases and armor. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import * as vectors from 'cctv-age';
import { HeaderError } from '../layer-format.ts';
import { decodeHeader, encodeHeader } from './header.ts';
import type { AgeIdentity } from './identity.ts';
import { PassphraseIdentity } from './passphrase.ts';
import { decryptSmall } from './small-file.ts';
import { X25519Identity } from './x25519.ts';

interface Vector {
  readonly fields: ReadonlyMap<string, string>;
  readonly identities: readonly AgeIdentity[];
  readonly file: Buffer;
}

/** Post-quantum keys are not part of what is written here. */
const isForeign = (identity: string): boolean => identity.startsWith('AGE-SECRET-KEY-PQ-1');

function parse(bytes: Uint8Array): Vector {
  const all = Buffer.from(bytes);
  const end = all.indexOf('\n\n');
  const fields = new Map<string, string>();
  const identities: AgeIdentity[] = [];
  for (const line of all.toString('utf8', 0, end).split('\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s);
    fields.set(name, value);
    if (name === 'identity' && !isForeign(value)) identities.push(X25519Identity.parse(value));
    if (name === 'passphrase') identities.push(new PassphraseIdentity(value));
  }
  const file = all.subarray(end + 2);
  return { fields, identities, file: fields.get('compressed') === 'zlib' ? inflateSync(file) : file };
}

const known = Object.entries(vectors as unknown as Record<string, Uint8Array>)
  .map(([name, bytes]) => [name, parse(bytes)] as const)
  .filter(([, { identities }]) => identities.length > 0);

describe('the vectors of the age format', () => {
  it('are there', () => assert.ok(known.length > 100));

  for (const [name, { fields, identities, file }] of known) {
    const expected = fields.get('expect');
    it(`${name}: ${expected}`, () => {
      const open = () => decryptSmall(file, identities);
      if (expected === 'success') {
        const plain = open();
        assert.equal(hash('sha256', plain), fields.get('payload'));
        return;
      }
      const problem = expected === 'no match' ? 'no-key' : undefined;
      assert.throws(
        open,
        (error) =>
          error instanceof HeaderError &&
          (problem === undefined ? error.problem !== 'no-key' : error.problem === problem),
      );
    });

    if (expected !== 'success' || fields.has('armored')) continue;
    it(`${name}: its header is encoded as it was`, () => {
      const header = decodeHeader(file);
      assert.ok(header);
      const again = encodeHeader(header.stanzas, Buffer.from(fields.get('file key') ?? '', 'hex'));
      assert.deepEqual(again, file.subarray(0, header.length));
    });
  }
});
