import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { MemoryStorage } from '../../memory.ts';
import type { FileKind, Storage, StoredFile } from '../../storage.ts';
import { names, put } from '../../testing/contract.ts';
import { X25519Identity } from '../age/x25519.ts';
import { withLayers } from '../with-layers.ts';
import type { RekeyResult } from './rekey.ts';
import { renewCrypt } from './renew-crypt.ts';
import { mendReplacements } from './replace-file.ts';
import { rewrapAge } from './rewrap-age.ts';

const [drill, recovery, newcomer] = [1, 2, 3].map(() => X25519Identity.generate());
assert.ok(drill && recovery && newcomer);
const age = { recipients: [recovery.recipient, drill.recipient], identities: [drill] };
const earlier = { password: 'the earlier', salt: 'salt' };
const current = { password: 'the current', salt: 'other' };

type Contents = ReadonlyMap<string, { file: StoredFile; bytes: Buffer }>;

/** A few files of every kind, named by their hash as in a repository. */
async function fill(base: Storage): Promise<Contents> {
  const layered = await withLayers(base, { crypt: earlier, age });
  const contents = new Map<string, { file: StoredFile; bytes: Buffer }>();
  for (const [kind, size] of [
    ['data', 200_000],
    ['data', 65_536],
    ['index', 500],
    ['snapshot', 100],
    ['key', 60],
    ['config', 30],
  ] as [FileKind, number][]) {
    const bytes = randomBytes(size);
    const file = { kind, name: kind === 'config' ? '' : hash('sha256', bytes) };
    await put(layered, file, bytes);
    contents.set(`${kind}/${file.name}`, { file, bytes });
  }
  return contents;
}

async function assertWhole(storage: Storage, contents: Contents): Promise<void> {
  for (const { file, bytes } of contents.values())
    assert.ok(bytes.equals(await storage.read(file)), file.kind);
  for (const kind of ['data', 'index', 'snapshot', 'key', 'config'] as const) {
    const expected = [...contents.values()].filter(({ file }) => file.kind === kind);
    assert.deepEqual(await names(storage, kind), expected.map(({ file }) => file.name).sort());
  }
}

class Crash extends Error {}

/** A storage behind which the machine stops at the n-th thing that would change it. */
function crashingAt(base: Storage, n: number): Storage {
  let left = n;
  const step = (): void => {
    if (left-- <= 0) throw new Crash();
  };
  return {
    location: base.location,
    create: () => base.create(),
    stat: (file, options) => base.stat(file, options),
    read: (file, range, options) => base.read(file, range, options),
    list: (kind, options) => base.list(kind, options),
    close: () => base.close(),
    async remove(file, options) {
      step();
      return base.remove(file, options);
    },
    async writer(kind, options) {
      const writer = await base.writer(kind, options);
      return {
        append: (bytes) => writer.append(bytes),
        abort: () => writer.abort(),
        async commit(name) {
          step();
          return writer.commit(name);
        },
      };
    },
  };
}

const ways: readonly [
  string,
  (base: Storage) => Promise<RekeyResult>,
  (base: Storage) => Promise<Storage>,
][] = [
  [
    'other recipients of age',
    (base) => rewrapAge(base, { recipients: [drill.recipient, newcomer.recipient], identities: [drill] }),
    (base) => withLayers(base, { crypt: earlier, age: { recipients: [], identities: [newcomer] } }),
  ],
  [
    'a new password of crypt',
    (base) => renewCrypt(base, { earlier, current, age }),
    (base) => withLayers(base, { crypt: current, age }),
  ],
];

for (const [title, change, openWithNew] of ways) {
  describe(title, () => {
    it('open every file, and are not introduced twice', async () => {
      const base = new MemoryStorage();
      const contents = await fill(base);
      assert.deepEqual(await change(base), { files: 6, rewritten: 6, damaged: [] });
      await assertWhole(await openWithNew(base), contents);
      assert.deepEqual(await change(base), { files: 6, rewritten: 0, damaged: [] });
    });

    it('can be cut off at every single step, and lose nothing', async () => {
      for (let steps = 0; ; steps++) {
        const base = new MemoryStorage();
        const contents = await fill(base);
        const ended = await change(crashingAt(base, steps)).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Crash) return false;
            throw error;
          },
        );
        if (ended) {
          assert.ok(steps >= 24, `${steps} steps: four for each file`);
          return;
        }
        // The mending may be cut off as well.
        for (let again = 0; again < 2; again++)
          await mendReplacements(crashingAt(base, again)).catch((error: unknown) =>
            assert.ok(error instanceof Crash),
          );
        await mendReplacements(base);
        assert.deepEqual((await change(base)).damaged, []);
        await assertWhole(await openWithNew(base), contents);
      }
    });

    it('leave a damaged file as it is, name it, and go on with the others', async () => {
      const base = new MemoryStorage();
      await fill(base);
      const [name = ''] = await names(base, 'index');
      const bytes = Buffer.from(await base.read({ kind: 'index', name }));
      await base.remove({ kind: 'index', name });
      const half = bytes.subarray(0, 600);
      await put(base, { kind: 'index', name }, half);
      const { rewritten, damaged } = await change(base);
      assert.equal(rewritten, 5);
      assert.match(damaged[0]?.problem ?? '', /index\//);
      assert.ok(half.equals(await base.read({ kind: 'index', name })));
    });
  });
}

describe('who is no recipient any more', () => {
  it('cannot read the files, and the payload is what it was', async () => {
    const base = new MemoryStorage();
    await fill(base);
    const [name = ''] = await names(base, 'data');
    const file = { kind: 'data', name } as const;
    const before = Buffer.from(await base.read(file, { offset: 1008 }));
    await rewrapAge(base, { recipients: [newcomer.recipient], identities: [drill] });
    assert.ok(before.equals(await base.read(file, { offset: 1008 })));
    const removed = await withLayers(base, { crypt: earlier, age });
    await assert.rejects(removed.read({ kind: 'config', name: '' }), { code: 'storage.layer-key' });
  });

  it('an identity that opens nothing changes nothing', async () => {
    const base = new MemoryStorage();
    await fill(base);
    const stranger = { recipients: [newcomer.recipient], identities: [newcomer] };
    await assert.rejects(rewrapAge(base, stranger), { code: 'storage.layer-key' });
  });
});
