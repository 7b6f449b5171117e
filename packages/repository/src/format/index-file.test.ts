import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../errors.ts';
import { decodeIndex, encodeIndex } from './index-file.ts';
import { JsonReader } from './json/json-reader.ts';

type Entry = [pack: string, type: string, id: string, offset: number, length: number, plain: number];

function read(json: string | Buffer): Entry[] {
  const entries: Entry[] = [];
  let pack = '';
  decodeIndex(Buffer.from(json), {
    pack: (id) => {
      pack = Buffer.from(id).toString('hex');
    },
    blob: (type, id, ...rest) => entries.push([pack, type, Buffer.from(id).toString('hex'), ...rest]),
  });
  return entries;
}

const PACK = '73d04e6125cf3c28a299cc2f3cca3b78ceac396e4fcf9575e34536b26782413c';
const [A, B, C] = [
  '3ec79977ef0cf5de7b08cd12b874cd0f62bbaf7f07f3497a5b1bbcc8cb39b1ce',
  '9ccb846e60d90d4eb915848add7aa7ea1e4bbabfc60e573db9f7bfb2789afbae',
  'd3dc577b4ffd38cc4b32122cabf8655a0223ed22edfd93b353dc0c3f2b0fdf66',
];

/** The example of restic's design document, which its own tests read too. */
const example = (lengths: readonly [string, string]): string => `
{
  "supersedes": [
	"ed54ae36197f4745ebc4b54d10e0f623eaaaedd03013eb7ae90df881b7781452"
  ],
  "packs": [
	{
	  "id": "${PACK}",
	  "blobs": [
		{ "id": "${A}", "type": "data", "offset": 0, "length": 38 },{
		  "id": "${B}", "type": "tree", "offset": 38, "length": 112${lengths[0]}
		},
		{ "id": "${C}",
		  "type": "data", "offset": 150, "length": 123${lengths[1]} }
	  ]
	}
  ]
}
`;

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const packs = fc.array(
  fc.record({
    id,
    blobs: fc.array(
      fc.record({
        type: fc.constantFrom('data', 'tree'),
        id,
        offset: fc.nat(2 ** 31),
        length: fc.integer({ min: 32, max: 2 ** 30 }),
        uncompressedLength: fc.oneof(fc.constant(0), fc.nat(2 ** 31)),
      }),
      { maxLength: 5 },
    ),
  }),
  { maxLength: 5 },
);

describe('an index file', () => {
  it("is read as in restic's design document, versions 1 and 2", () => {
    assert.deepEqual(read(example(['', ''])), [
      [PACK, 'data', A, 0, 38, 0],
      [PACK, 'tree', B, 38, 112, 0],
      [PACK, 'data', C, 150, 123, 0],
    ]);
    assert.deepEqual(read(example([', "uncompressed_length": 511', ', "uncompressed_length": 234'])), [
      [PACK, 'data', A, 0, 38, 0],
      [PACK, 'tree', B, 38, 112, 511],
      [PACK, 'data', C, 150, 123, 234],
    ]);
  });

  it('gives any packs back, and is the JSON that others read', () => {
    fc.assert(
      fc.property(packs, (list) => {
        const json = Buffer.concat([...encodeIndex(list)]);
        const expected = list.flatMap((pack) =>
          pack.blobs.map((blob) => [
            pack.id.toString('hex'),
            blob.type,
            blob.id.toString('hex'),
            blob.offset,
            blob.length,
            blob.uncompressedLength,
          ]),
        );
        assert.deepEqual(read(json), expected);
        assert.equal(JSON.parse(json.toString()).packs.length, list.length);
        assert.equal(json.at(-1), 0x0a);
      }),
    );
  });

  it('may name a pack behind its blobs, and hold fields nobody knows', () => {
    const blob = `{"size":[{"a":null}],"length":40,"x":"\\"}","type":"tree","id":"${A}"}`;
    assert.deepEqual(
      read(`{"time":1.5e3,"packs":[{"blobs":[${blob}],"packs_to_delete":{},"id":"${PACK}"}],"z":true}`),
      [[PACK, 'tree', A, 0, 40, 0]],
    );
    assert.deepEqual(read('{"packs":null}'), []);
    assert.deepEqual(read('{"packs":[]}'), []);
    assert.deepEqual(read('{}'), []);
  });

  it('that is damaged is an error that says where', () => {
    const broken = [
      '',
      '{',
      '[',
      '{"packs":[}',
      '{"packs":[{}]}',
      '{"packs":[null]}',
      '{"packs":{}}',
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":0}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":0,"length":31}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"leaf","offset":0,"length":38}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":-1,"length":38}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":0.5,"length":38}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":4294967295,"length":38}]}]}`,
      `{"packs":[{"id":"${PACK}","blobs":[{"id":"${A}","type":"data","offset":99999999999,"length":38}]}]}`,
      `{"packs":[{"id":"${PACK.slice(1)}","blobs":[]}]}`,
      `{"packs":[{"id":"g${PACK.slice(1)}","blobs":[]}]}`,
      '{"packs":[]} {}',
      '{"packs":[],}',
      `{"a":${'['.repeat(10_000)}`,
    ];
    for (const json of broken) assert.throws(() => read(json), FormatError, json.slice(0, 100));
  });

  it('with any change to its bytes is read or refused, and never anything else', () => {
    const good = Buffer.from(example([', "uncompressed_length": 511', '']));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 3 }), fc.nat(4), (at, bytes, cut) => {
        const changed = Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + cut)]);
        try {
          read(changed);
        } catch (error) {
          assert.ok(error instanceof FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of a million blobs never becomes one string', () => {
    const blob = {
      type: 'data',
      id: Buffer.alloc(32, 1),
      offset: 0,
      length: 100,
      uncompressedLength: 7,
    } as const;
    let longest = 0;
    let total = 0;
    for (const piece of encodeIndex([{ id: Buffer.alloc(32, 2), blobs: Array(100_000).fill(blob) }])) {
      longest = Math.max(longest, piece.length);
      total += piece.length;
    }
    assert.ok(longest < 300_000 && total > 10_000_000);
  });
});

describe('the step-by-step reader of JSON', () => {
  it('passes every JSON value to its last byte', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, space) => {
        const reader = new JsonReader(Buffer.from(JSON.stringify(JSON.parse(json), null, space)));
        reader.skip();
        reader.end();
      }),
    );
  });
});
