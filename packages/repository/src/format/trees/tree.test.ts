import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Node } from './node.ts';
import {
  decodeNode,
  decodeTree,
  decodeTreeParts,
  encodeNode,
  TREE_HEAD,
  TREE_TAIL,
  TreeSyntaxError,
} from './tree.ts';

const decode = (json: string): Node[] => [...decodeTree(Buffer.from(json))];
const id = (byte: number): Buffer => Buffer.alloc(32, byte);

const FILE =
  '{"name":"fi \\\\u00a0 \\u003cle\\u003e","type":"file","mode":420,"mtime":"2001-02-03T04:05:06.789012345Z",' +
  '"atime":"2001-02-03T04:05:06Z","ctime":"2001-02-03T04:05:07Z","uid":0,"gid":5,"user":"root","group":"tty",' +
  '"inode":18446744073709551615,"device_id":9007199254740993,"size":3,"links":2,' +
  `"extended_attributes":[{"name":"user.a","value":"AP8="},{"name":"user.e","value":""}],"content":["${'01'.repeat(32)}"]}`;

describe('a node', () => {
  it('is written with the fields in the order of restic', () => {
    const [node] = decode(`${TREE_HEAD}${FILE}${TREE_TAIL}`);
    assert.ok(node);
    assert.equal(node.inode, 18446744073709551615n);
    assert.equal(node.deviceId, 9007199254740993n);
    assert.equal(node.name.toString(), 'fi \u00a0 <le>');
    assert.deepEqual(node.content, [id(1)]);
    assert.equal(encodeNode(node), FILE);
  });

  it('keeps a link target that is not UTF-8, as restic does since 0.16', () => {
    const json =
      '{"name":"l","type":"symlink","mode":134218239,"mtime":"1970-01-01T00:00:00Z","atime":"1970-01-01T00:00:00Z",' +
      '"ctime":"1970-01-01T00:00:00Z","uid":0,"gid":0,"links":1,"linktarget":"\\u0000\\u0001\\u0002\\ufffd\\ufffd\\ufffd",' +
      '"linktarget_raw":"AAEC+vv8","content":null}';
    const node = decodeNode(Buffer.from(json));
    assert.deepEqual(node.linkTarget, Buffer.from('000102fafbfc', 'hex'));
    assert.equal(node.content, undefined);
    assert.equal(encodeNode(node), json);
  });

  it('keeps attributes of other systems as they were spelled', () => {
    const json =
      '{"name":"w","type":"dir","mode":2147484159,"mtime":"1970-01-01T00:00:00Z","atime":"1970-01-01T00:00:00Z",' +
      '"ctime":"1970-01-01T00:00:00Z","uid":0,"gid":0,"generic_attributes":{"windows.creation_time":"gA==",' +
      `"windows.file_attributes":{"x": 1.50}},"content":null,"subtree":"${'02'.repeat(32)}","error":"e"}`;
    assert.equal(encodeNode(decodeNode(Buffer.from(json))), json);
  });

  it('may lack fields, have others, and times in any zone', () => {
    const node = decodeNode(
      Buffer.from(
        '{"later":{"a":[1,"}"]},"name":"n","type":"file","mtime":"2001-02-03T06:05:06+02:00","content":[]}',
      ),
    );
    assert.equal(node.mtime, 981173106_000000000n);
    assert.deepEqual(node.content, []);
    assert.equal(node.size, 0n);
  });

  it('comes back from its JSON, whatever it holds', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const small = fc.integer({ min: 0, max: 0xffffffff });
    const time = fc.bigInt({ min: -62_000_000_000_000_000_000n, max: 250_000_000_000_000_000_000n });
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((array) => Buffer.from(array));
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const node = fc.record<Node>(
      {
        name: bytes,
        type: fc.constantFrom('file', 'dir', 'symlink', 'dev', 'chardev', 'fifo'),
        mode: small,
        mtime: time,
        atime: time,
        ctime: time,
        uid: small,
        gid: small,
        user: text,
        group: text,
        inode: word,
        deviceId: word,
        size: word,
        links: word,
        linkTarget: bytes,
        extendedAttributes: fc.array(
          fc.record({ name: text.map((name) => Buffer.from(name)), value: bytes }, { noNullPrototype: true }),
          {
            minLength: 1,
          },
        ),
        device: word,
        content: fc.array(fc.integer({ min: 0, max: 255 }).map(id)),
        subtree: fc.constant(id(9)),
        error: text,
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(node, (made) => assert.deepEqual(decodeNode(Buffer.from(encodeNode(made))), made)));
  });
});

describe('a tree', () => {
  const node = (name: string): string => `{"name":"${name}","type":"file","content":[]}`;

  it('is read node by node, unknown keys passed over', () => {
    const names = decode(
      ` { "v" : [ { "nodes" : 1 } ] , "nodes" : [ ${node('a')} , ${node('b')} ] , "w":"\\"}" } `,
    );
    assert.deepEqual(
      names.map(({ name }) => name.toString()),
      ['a', 'b'],
    );
    assert.deepEqual(decode(`${TREE_HEAD}${TREE_TAIL}`), []);
  });

  it('is refused when it is out of order or not a tree', () => {
    for (const wrong of [
      `{"nodes":[${node('b')},${node('a')}]}`,
      `{"nodes":[${node('a')},${node('a')}]}`,
      '{"nodes":null}',
      '{}',
      '[]',
      '',
      `{"nodes":[${node('a')},]}`,
      `{"nodes":[${node('a')}`,
      '{"nodes":[{"name":"a]}',
      '{"nodes":["a"]}',
      '{"nodes":[{"name":"\\\\q","type":"file"}]}',
      '{"nodes":[{"name":"a","inode":-1}]}',
      '{"nodes":[{"name":"a","content":["zz"]}]}',
      '{"nodes":[{"name":"a","mtime":"yesterday"}]}',
    ])
      assert.throws(() => decode(wrong), TreeSyntaxError, wrong);
  });
});

describe('a tree that comes in pieces', () => {
  const text = Buffer.from(
    `${TREE_HEAD}${['a', 'b', 'c', 'd'].map((name) => FILE.replace('"fi ', `"${name}`)).join(',')}${TREE_TAIL}`,
  );

  async function inPieces(bytes: Buffer, size: number): Promise<Node[]> {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const nodes: Node[] = [];
    for await (const part of decodeTreeParts(pieces())) nodes.push(...part);
    return nodes;
  }

  it('is the same wherever it was cut', async () => {
    const whole = [...decodeTree(text)];
    for (const size of [1, 2, 3, 7, 100, text.length - 1, text.length])
      assert.deepEqual(await inPieces(text, size), whole, `${size} bytes`);
    assert.deepEqual(await inPieces(Buffer.from(`${TREE_HEAD}${TREE_TAIL}`), 5), []);
  });

  it('is refused when it ends too early, is out of order, or is no tree', async () => {
    const twice = Buffer.from(`${TREE_HEAD}${FILE},${FILE}${TREE_TAIL}`);
    for (const wrong of [
      text.subarray(0, -4),
      text.subarray(0, 200),
      twice,
      Buffer.from('{"snapshots":[{}]}'),
    ])
      await assert.rejects(inPieces(wrong, 64), TreeSyntaxError);
  });
});

describe('a tree that is parsed at once', () => {
  it('has the nodes that each have by themselves', () => {
    for (const nodes of [
      [FILE],
      ['{"name":"a","type":"file","inode":18446744073709551615,"content":null}', '{"name":"b","type":"dir"}'],
      ['{"name":"a","generic_attributes":{"x":1.50}}', '{"name":"\\\\xff","type":"fifo"}'],
      ['{"name":"a\u00e9","user":"\u{1f600}","type":"file"}'],
    ]) {
      assert.deepEqual(
        decode(`${TREE_HEAD}${nodes.join(',')}${TREE_TAIL}`),
        nodes.map((json) => decodeNode(Buffer.from(json))),
      );
    }
  });

  it('is the first list of those that it may hold', () => {
    const names = decode(`${TREE_HEAD}{"name":"a"}],"n\\u006fdes":[{"name":"b"}${TREE_TAIL}`);
    assert.deepEqual(
      names.map(({ name }) => name.toString()),
      ['a'],
    );
  });

  it('gives the nodes before the first that is wrong', () => {
    for (const wrong of [
      '{"name":"b","mode":-1}',
      '{"name":"a"}',
      '7',
      '{"name"}',
      `{"name":"b","subtree":"${'0g'.repeat(32)}"}`,
    ]) {
      const nodes = decodeTree(Buffer.from(`${TREE_HEAD}{"name":"a"},${wrong}${TREE_TAIL}`));
      assert.equal(nodes.next().value?.name.toString(), 'a', wrong);
      assert.throws(() => nodes.next(), TreeSyntaxError, wrong);
    }
  });
});
