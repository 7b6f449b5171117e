import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node } from '../../format/trees/node.ts';
import { encodeNode, encodeNodeStart } from '../../format/trees/tree.ts';
import { everyId, idAt, matchNode, type NodeStart } from './node-match.ts';

const node = (changes: Partial<Node> = {}): Node => ({
  name: Buffer.from('naïve "file"'),
  type: 'file',
  mode: 0o644,
  mtime: 1n,
  atime: 1n,
  ctime: 2n,
  uid: 0,
  gid: 0,
  inode: 2n ** 60n,
  deviceId: 3n,
  size: 9n,
  links: 1n,
  device: 0n,
  ...changes,
});

const startOf = (text: string): NodeStart => ({
  text: Buffer.from(`before${text}behind`),
  from: 6,
  to: 6 + Buffer.byteLength(text),
});

const ids = [Buffer.alloc(32, 0xab), Buffer.alloc(32, 2)];
const start = startOf(encodeNodeStart(node()));

describe('a node of the parent and what lstat tells', () => {
  it('match when all before the attributes is the same, wherever the node lies', () => {
    const attributes = [{ name: Buffer.from('user.a'), value: Buffer.from('"]}') }];
    for (const extendedAttributes of [undefined, attributes]) {
      const json = encodeNode(node({ content: ids, extendedAttributes }));
      const tree = Buffer.from(`{"nodes":[${json},{"name":"z"}]}\n`);
      const match = matchNode(tree, 10, start);
      assert.equal(match?.end, 10 + Buffer.byteLength(json));
      assert.ok(match?.content);
      const seen: string[] = [];
      assert.ok(everyId(tree, match.content, (id) => seen.push(id.toString('hex')) > 0));
      assert.deepEqual(
        seen,
        ids.map((id) => id.toString('hex')),
      );
      assert.ok(!everyId(tree, match.content, (id) => id.equals(ids[0] as Buffer)));
    }
  });

  it('match for empty files, for folders and for what has no content', () => {
    const empty = Buffer.from(encodeNode(node({ content: [] })));
    assert.deepEqual(matchNode(empty, 0, start)?.content?.count, 0);
    const folder = node({ type: 'dir', subtree: ids[0] as Buffer });
    const tree = Buffer.from(encodeNode(folder));
    const match = matchNode(tree, 0, startOf(encodeNodeStart(folder)));
    assert.equal(match?.content, undefined);
    assert.deepEqual(idAt(tree, match?.subtree ?? 0), ids[0]);
    const link = node({ type: 'symlink', linkTarget: Buffer.from('to') });
    const linkJson = Buffer.from(encodeNode(link));
    assert.equal(matchNode(linkJson, 0, startOf(encodeNodeStart(link)))?.end, linkJson.length);
  });

  it('do not match when anything differs', () => {
    for (const changes of [
      { size: 90n },
      { mtime: 3n },
      { ctime: 3n },
      { inode: 5n },
      { deviceId: 4n },
      { mode: 0o600 },
      { uid: 1 },
      { links: 12n },
      { device: 7n },
      { error: 'e' },
      { genericAttributes: { a: '1' } },
    ]) {
      const tree = Buffer.from(encodeNode(node({ content: ids, ...changes })));
      assert.equal(matchNode(tree, 0, start), undefined, JSON.stringify(Object.keys(changes)));
    }
  });

  it('do not match when anything stands behind or inside that is not known, or the tree ends', () => {
    const id = 'a'.repeat(64);
    for (const tail of [
      '',
      '}',
      ',"content"',
      ',"content":null',
      ',"content":nul}',
      ',"content":[',
      `,"content":["${id}"`,
      `,"content":["${id}"]`,
      `,"content":["${id}"],"error":"e"}`,
      `,"content":["${id}","${id.slice(1)}"]}`,
      `,"content":["${id}",]}`,
      `,"content":["${id}"] }`,
      `,"content":["${id.toUpperCase()}"]}`,
      `,"content":null,"subtree":"${id.slice(1)}"}`,
      `,"content":null,"subtree":"${id}","error":"e"}`,
      ',"extended_attributes":[{"name":"a","value":"',
      ',"extended_attributes":[],"device":3,"content":null}',
    ]) {
      const tree = Buffer.from(encodeNodeStart(node()) + tail);
      assert.equal(matchNode(tree, 0, start), undefined, tail);
    }
  });
});
