import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { corpus, fuzzSeconds, fuzzSeed, generator, mutate } from '@octobox/storage/testing';
import type { Node } from './node.ts';
import { decodeTree, encodeNode, TREE_HEAD, TREE_TAIL, TreeSyntaxError } from './tree.ts';
import { visitTreeLinks } from './tree-links.ts';

const times = { mtime: 981173106_789012345n, atime: 0n, ctime: -1n };
const zeros = { uid: 0, gid: 4294967295, inode: 7n, deviceId: 0n, size: 3n, links: 1n, device: 0n };
const id = (byte: number): Buffer => Buffer.alloc(32, byte);
const node = (name: string, rest: Partial<Node>): Node => ({
  name: Buffer.from(name),
  type: 'file',
  mode: 420,
  ...times,
  ...zeros,
  ...rest,
});
const tree = (...nodes: string[]): Buffer => Buffer.from(`${TREE_HEAD}${nodes.join(',')}${TREE_TAIL}`);

interface Seen {
  readonly links: readonly string[];
  readonly sound: readonly boolean[];
  readonly nodes: readonly Node[];
  readonly failed: boolean;
}

const linksOf = ({ type, content, subtree }: Node): string[] => [
  ...(content ?? []).map((each) => each.toString('hex')),
  ...(type === 'dir' && subtree !== undefined ? [`tree ${subtree.toString('hex')}`] : []),
];

function decoded(bytes: Buffer): Seen {
  const nodes: Node[] = [];
  let failed = false;
  try {
    for (const each of decodeTree(bytes)) nodes.push(each);
  } catch (error) {
    assert.ok(error instanceof TreeSyntaxError);
    failed = true;
  }
  return { links: nodes.flatMap(linksOf), sound: [], nodes, failed };
}

function visited(bytes: Buffer): Seen {
  const [links, sound, nodes]: [string[], boolean[], Node[]] = [[], [], []];
  let failed = false;
  try {
    visitTreeLinks(bytes, (each) => {
      for (let at = 0; at < each.contents; at++) links.push(Buffer.from(each.contentAt(at)).toString('hex'));
      if (each.subtree !== undefined) links.push(`tree ${Buffer.from(each.subtree).toString('hex')}`);
      sound.push(each.isSound);
      nodes.push(each.node());
    });
  } catch (error) {
    assert.ok(error instanceof TreeSyntaxError);
    failed = true;
  }
  return { links, sound, nodes, failed };
}

describe('the links of a tree', () => {
  it('are read of every kind of node without making it', () => {
    const attributes = [{ name: Buffer.from('user.a'), value: Buffer.from('b') }];
    const nodes = [
      node('a', { content: [id(1), id(2)], user: 'root', group: 'tty' }),
      node('b', { type: 'dir', mode: 2147484159, subtree: id(3), extendedAttributes: attributes }),
      node('c', { content: [] }),
      node('d', { type: 'symlink', linkTarget: Buffer.from('tö/x') }),
      node('é', { type: 'chardev', device: 259n, error: 'cannot be read' }),
      node('ü', { content: Array.from({ length: 300 }, (_, at) => id((at % 255) + 1)) }),
    ];
    const seen = visited(tree(...nodes.map(encodeNode)));
    assert.deepEqual(seen.nodes, nodes);
    assert.deepEqual(seen.links, nodes.flatMap(linksOf));
    assert.deepEqual(new Set(seen.sound), new Set([true]));
    assert.deepEqual(visited(tree()), { links: [], sound: [], nodes: [], failed: false });
  });

  it('are those of the whole nodes where something is spelled in another way', () => {
    const plain = encodeNode(node('m', { content: [id(9)] }));
    const wide = encodeNode(node('n', { inode: 18446744073709551615n, content: [id(8)] }));
    const escaped = encodeNode(node('a<b', { content: [id(7)] }));
    const spaced = `{ "name" : "o", "type":"file","content":["${'ab'.repeat(32)}"] }`;
    for (const bytes of [
      tree(escaped, plain, wide, spaced),
      tree(plain, ` ${wide}`, spaced),
      Buffer.from(`{"x":[1],"nodes":[${plain},${wide}]}`),
      Buffer.from(`${TREE_HEAD}${plain},${wide}],"later":1}`),
    ]) {
      const expected = decoded(bytes);
      const seen = visited(bytes);
      assert.deepEqual([seen.nodes, seen.links], [expected.nodes, expected.links]);
      assert.equal(expected.failed, false);
      assert.equal(seen.failed, false);
    }
  });

  it('call only what cannot be wrong sound', () => {
    for (const odd of [
      node('', { content: [] }),
      node('..', { content: [] }),
      node('a/b', { content: [] }),
      node('a', {}),
      node('a', { content: [Buffer.alloc(32)] }),
      node('a', { type: 'dir' }),
      node('a', { type: 'dir', subtree: Buffer.alloc(32) }),
      node('a', { type: 'door', content: [] }),
    ]) {
      assert.deepEqual(visited(tree(encodeNode(odd))).sound, [false], odd.name.toString());
    }
  });

  it('are refused where the nodes are', () => {
    const [first, second] = ['a', 'b'].map((name) => encodeNode(node(name, { content: [id(1)] })));
    assert.ok(first !== undefined && second !== undefined);
    for (const bytes of [
      tree(second, first),
      tree(first, first),
      tree(first.replace('"mtime":"2', '"mtime":"x')),
      tree(first.replace('"uid":0', '"uid":00')),
      tree(first.replace('"uid":0', '"uid":4294967296')),
      tree(first).subarray(0, 200),
      Buffer.from(`${TREE_HEAD}${first},]}`),
      Buffer.from('{}'),
    ]) {
      assert.deepEqual([visited(bytes).failed, decoded(bytes).failed], [true, true], bytes.toString());
    }
  });

  it('are the same as those of the nodes for any bytes', () => {
    const seed = fuzzSeed();
    const random = generator(seed);
    const usual = tree(
      encodeNode(node('a', { content: [id(1), id(2)] })),
      encodeNode(node('b', { type: 'dir', subtree: id(3) })),
    );
    const seeds = [usual, usual, ...corpus(new URL('../../../testdata/fuzz/tree', import.meta.url).pathname)];
    const end = Date.now() + fuzzSeconds() * 1000;
    for (let round = 0; round < 500 || Date.now() < end; round++) {
      const bytes = mutate(seeds, random);
      const [seen, expected] = [visited(bytes), decoded(bytes)];
      assert.deepEqual(
        [seen.failed, seen.links, seen.nodes],
        [expected.failed, expected.links, expected.nodes],
        `seed ${seed}: ${bytes.toString('latin1')}`,
      );
    }
  });
});
