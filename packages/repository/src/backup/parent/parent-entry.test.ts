import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node } from '../../format/trees/node.ts';
import { encodeNode, encodeNodeHead } from '../../format/trees/tree.ts';
import { ParentEntry } from './parent-entry.ts';

const file = (changes: Partial<Node> = {}): Node => ({
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
  content: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
  ...changes,
});

const entry = (json: string): ParentEntry => new ParentEntry(Buffer.from(json));

describe('an entry of the parent snapshot', () => {
  it('gives its content when all before it is the same', () => {
    const node = file();
    assert.deepEqual(entry(encodeNode(node)).contentAfter(encodeNodeHead(node)), node.content);
    const empty = file({ size: 0n, content: [] });
    assert.deepEqual(entry(encodeNode(empty)).contentAfter(encodeNodeHead(empty)), []);
  });

  it('gives none when anything differs', () => {
    const node = file();
    for (const changes of [
      { size: 90n },
      { mtime: 3n },
      { ctime: 3n },
      { inode: 5n },
      { mode: 0o600 },
      { uid: 1 },
    ])
      assert.equal(entry(encodeNode(node)).contentAfter(encodeNodeHead(file(changes))), undefined);
  });

  it('gives none when anything stands behind or inside the content that is no id', () => {
    const node = file();
    const head = encodeNodeHead(node);
    const id = 'a'.repeat(64);
    for (const tail of [
      ',"content":null}',
      `,"content":["${id}"],"error":"e"}`,
      `,"content":["${id}","${id.slice(1)}"]}`,
      `,"content":["${id}",]}`,
      `,"content":["${id}"] }`,
      `,"content":["${id.toUpperCase()}"]}`,
    ])
      assert.equal(entry(head + tail).contentAfter(head), undefined, tail);
  });

  it('says the same as a node that is only spelled in another way', () => {
    const json = encodeNode(file());
    assert.ok(entry(json).saysSame(json));
    assert.ok(entry(json.replace(',"uid":', ', "uid": ')).saysSame(json));
    assert.ok(!entry(encodeNode(file({ uid: 7 }))).saysSame(json));
    assert.ok(!entry('{"name":"x","mtime":"never"}').saysSame(json));
  });
});
