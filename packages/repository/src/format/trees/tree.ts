/**
 * Trees: the JSON of a folder's nodes, byte for byte as restic writes it, because its SHA-256 is the tree's id.
 *
 * `{"nodes":[…]}` and a line feed, nodes strictly rising by the bytes of their names. Covered: restic 0.14 to
 * 0.19. Reading is as lenient as restic's streaming decoder: unknown keys are passed over.
 */
import { goJsonBytes, goJsonString } from '../go/go-json.ts';
import { quote, unquote } from '../go/go-quote.ts';
import { formatGoTime, parseGoTime } from '../go/go-time.ts';
import { isValidUtf8 } from '../go/go-utf8.ts';
import type { ExtendedAttribute, Node } from './node.ts';
import { jsonElements, listParts, objectMembers, TreeSyntaxError } from './tree-scanner.ts';

export { TreeSyntaxError } from './tree-scanner.ts';

export const TREE_HEAD = '{"nodes":[';
export const TREE_TAIL = ']}\n';

/** The JSON of one node as restic writes it, without any separator. */
export const encodeNode = (node: Node): string => encodeNodeHead(node) + encodeNodeTail(node);

/** The part of a node's JSON that lstat and its like tell: all before its content. */
export const encodeNodeHead = (node: Node): string => encodeNodeStart(node) + encodeNodeMiddle(node);

/** What is asked of a file only when its start (see `encodeNodeStart`) is not what it was. */
export type NodeEnd = Pick<
  Node,
  'extendedAttributes' | 'genericAttributes' | 'device' | 'content' | 'subtree' | 'error'
>;

/** All of a node's JSON behind its start. */
export const encodeNodeEnd = (node: NodeEnd): string => encodeNodeMiddle(node) + encodeNodeTail(node);

/** The first part of a node's JSON, which lstat and readlink tell: all before its extended attributes. */
export function encodeNodeStart(node: Node): string {
  let json = `{"name":${goJsonString(quote(node.name))},"type":${goJsonString(node.type)}`;
  if (node.mode !== 0) json += `,"mode":${node.mode}`;
  json += `,"mtime":"${formatGoTime(node.mtime)}"`;
  json += `,"atime":"${formatGoTime(node.atime)}"`;
  json += `,"ctime":"${formatGoTime(node.ctime)}"`;
  json += `,"uid":${node.uid},"gid":${node.gid}`;
  if (node.user) json += `,"user":${goJsonString(node.user)}`;
  if (node.group) json += `,"group":${goJsonString(node.group)}`;
  if (node.inode !== 0n) json += `,"inode":${node.inode}`;
  if (node.deviceId !== 0n) json += `,"device_id":${node.deviceId}`;
  if (node.size !== 0n) json += `,"size":${node.size}`;
  if (node.links !== 0n) json += `,"links":${node.links}`;
  if (node.linkTarget !== undefined && node.linkTarget.length > 0) {
    json += `,"linktarget":${goJsonBytes(node.linkTarget)}`;
    if (!isValidUtf8(node.linkTarget)) json += `,"linktarget_raw":"${node.linkTarget.toString('base64')}"`;
  }
  return json;
}

/** What stands between a node's start and its content. */
export function encodeNodeMiddle(node: NodeEnd): string {
  let json = '';
  if (node.extendedAttributes !== undefined && node.extendedAttributes.length > 0)
    json += `,"extended_attributes":[${node.extendedAttributes.map(encodeAttribute).join(',')}]`;
  if (node.genericAttributes !== undefined) json += encodeGeneric(node.genericAttributes);
  if (node.device !== 0n) json += `,"device":${node.device}`;
  return json;
}

function encodeNodeTail(node: NodeEnd): string {
  let json =
    node.content === undefined ? ',"content":null' : `,"content":[${node.content.map(quotedId).join(',')}]`;
  if (node.subtree !== undefined) json += `,"subtree":${quotedId(node.subtree)}`;
  if (node.error) json += `,"error":${goJsonString(node.error)}`;
  return `${json}}`;
}

const quotedId = (id: Buffer): string => `"${id.toString('hex')}"`;

function encodeAttribute({ name, value }: ExtendedAttribute): string {
  return `{"name":${goJsonBytes(name)},"value":"${value.toString('base64')}"}`;
}

function encodeGeneric(attributes: Record<string, string>): string {
  const keys = Object.keys(attributes).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (keys.length === 0) return '';
  return `,"generic_attributes":{${keys.map((key) => `${goJsonString(key)}:${attributes[key]}`).join(',')}}`;
}

/**
 * The nodes of a tree whose text comes in pieces, as many at once as a piece holds. Throws as `decodeTree`, and also
 * when anything stands before the nodes.
 */
export async function* decodeTreeParts(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Iterable<Node>, void, void> {
  for await (const nodes of splitTreeParts(pieces)) yield decodeAll(nodes);
}

function* decodeAll(nodes: Iterable<EncodedNode>): Generator<Node, void, void> {
  for (const { json } of nodes) yield decodeNode(json);
}

/** A node that was not looked into further than to its name. */
export interface EncodedNode {
  readonly name: Buffer;
  /** A part of what was read. */
  readonly json: Buffer;
}

/**
 * The nodes of a tree in their order, one at a time. Throws TreeSyntaxError at the first thing that no tree
 * holds; nodes that were yielded before are sound.
 */
export function* decodeTree(bytes: Buffer): Generator<Node, void, void> {
  const whole = wholeList(bytes);
  if (whole === undefined) {
    yield* decodeAll(splitTree(bytes));
    return;
  }
  let last: Buffer | undefined;
  for (const fields of whole) {
    const node = nodeOf(() => toNode(fields, ''));
    if (last !== undefined) assertOrder(last, node.name);
    last = node.name;
    yield node;
  }
}

/** Of longer trees not all nodes are to be in memory at once. */
const LONGEST_WHOLE = 512 * 1024;

/**
 * The fields of all nodes, parsed at once: a fraction of the cost of parsing them one by one. Undefined for what is long,
 * or needs patience: text that is not all sound, or spelled in another way, and values that depend on how they are spelled.
 */
function wholeList(bytes: Buffer): Fields[] | undefined {
  const end = bytes.length - TREE_TAIL.length;
  if (bytes.length > LONGEST_WHOLE || end < TREE_HEAD.length) return undefined;
  if (
    bytes.toString('latin1', 0, TREE_HEAD.length) !== TREE_HEAD ||
    bytes.toString('latin1', end) !== TREE_TAIL
  )
    return undefined;
  try {
    // From one bracket to the other: nothing else than the list is in between.
    const list = JSON.parse(bytes.toString('utf8', TREE_HEAD.length - 1, end + 1)) as Fields[];
    return list.every(isUsual) ? list : undefined;
  } catch {
    return undefined;
  }
}

const isUsual = (fields: Fields): boolean =>
  fields !== null &&
  typeof fields === 'object' &&
  !Array.isArray(fields) &&
  fields.generic_attributes === undefined &&
  !hasWide(fields);

/** As `decodeTree`, but what a node holds besides its name is not checked. */
export function* splitTree(bytes: Buffer): Generator<EncodedNode, void, void> {
  yield* inOrder(jsonElements(bytes, 'nodes'), {});
}

/** As `decodeTreeParts`, but what a node holds besides its name is not checked. */
export async function* splitTreeParts(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Iterable<EncodedNode>, void, void> {
  const order = {};
  for await (const elements of listParts(behindHead(pieces))) yield inOrder(elements, order);
}

async function* behindHead(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < TREE_HEAD.length) continue;
    if (head.toString('latin1', 0, TREE_HEAD.length) !== TREE_HEAD)
      throw new TreeSyntaxError('it does not begin with its nodes');
    yield head.subarray(TREE_HEAD.length);
    head = undefined;
  }
}

function* inOrder(elements: Iterable<Buffer>, order: { last?: Buffer }): Generator<EncodedNode, void, void> {
  for (const json of elements) {
    const name = nameOf(json);
    const { last } = order;
    if (last !== undefined) assertOrder(last, name);
    order.last = name;
    yield { name, json };
  }
}

function assertOrder(last: Buffer, name: Buffer): void {
  if (Buffer.compare(last, name) >= 0)
    throw new TreeSyntaxError(`nodes are not in order: ${quote(last)} before ${quote(name)}`);
}

const NAME = Buffer.from('{"name":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Without reading the rest, when the name stands first and as it is; that is nearly always. Throws TreeSyntaxError. */
export function nameOf(json: Buffer): Buffer {
  const end = json.indexOf(QUOTE, NAME.length);
  const name = json.subarray(NAME.length, end);
  const isPlain = end !== -1 && json.subarray(0, NAME.length).equals(NAME) && !name.includes(BACKSLASH);
  return isPlain ? name : decodeNode(json).name;
}

/** Reads one node's JSON. Throws TreeSyntaxError. */
export function decodeNode(bytes: Buffer): Node {
  const text = bytes.toString('utf8');
  return nodeOf(() => toNode(parse(text), text));
}

function nodeOf(make: () => Node): Node {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof TreeSyntaxError) throw cause;
    throw new TreeSyntaxError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

type Fields = Record<string, unknown>;

const EXACT = ['inode', 'device_id', 'size', 'links', 'device'] as const;

const hasWide = (fields: Fields): boolean =>
  EXACT.some((key) => typeof fields[key] === 'number' && !Number.isSafeInteger(fields[key]));

function parse(text: string): Fields {
  const fields = JSON.parse(text) as Fields;
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields))
    throw new TreeSyntaxError('a node is no object');
  // Numbers above 2^53 lose digits in JSON.parse; their source text does not.
  if (!hasWide(fields)) return fields;
  const reviver = function (
    this: unknown,
    key: string,
    value: unknown,
    context?: { source?: string },
  ): unknown {
    const wide = (EXACT as readonly string[]).includes(key) && typeof value === 'number';
    return wide && /^\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? 0) : value;
  };
  return JSON.parse(text, reviver) as Fields;
}

function toNode(fields: Fields, text: string): Node {
  const node: Node = {
    name: unquote(stringField(fields, 'name')),
    type: stringField(fields, 'type'),
    mode: numberField(fields, 'mode'),
    mtime: timeField(fields, 'mtime'),
    atime: timeField(fields, 'atime'),
    ctime: timeField(fields, 'ctime'),
    uid: numberField(fields, 'uid'),
    gid: numberField(fields, 'gid'),
    inode: wideField(fields, 'inode'),
    deviceId: wideField(fields, 'device_id'),
    size: wideField(fields, 'size'),
    links: wideField(fields, 'links'),
    device: wideField(fields, 'device'),
  };
  if (fields.user) node.user = stringField(fields, 'user');
  if (fields.group) node.group = stringField(fields, 'group');
  if (fields.linktarget_raw) node.linkTarget = Buffer.from(stringField(fields, 'linktarget_raw'), 'base64');
  else if (fields.linktarget) node.linkTarget = Buffer.from(stringField(fields, 'linktarget'));
  if (fields.extended_attributes) node.extendedAttributes = attributesField(fields.extended_attributes);
  if (fields.generic_attributes) node.genericAttributes = genericField(text);
  if (fields.content) node.content = listOf(fields.content, 'content').map((id) => idOf(id, 'content'));
  if (fields.subtree) node.subtree = idOf(fields.subtree, 'subtree');
  if (fields.error) node.error = stringField(fields, 'error');
  return node;
}

function stringField(fields: Fields, key: string): string {
  const value = fields[key] ?? '';
  if (typeof value !== 'string') throw new TreeSyntaxError(`${key} is no string`);
  return value;
}

function numberField(fields: Fields, key: string): number {
  const value = fields[key] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new TreeSyntaxError(`${key} is no number of 32 bits`);
  return value;
}

function wideField(fields: Fields, key: string): bigint {
  const value = fields[key] ?? 0;
  const exact = typeof value === 'bigint' || Number.isSafeInteger(value);
  const wide = exact ? BigInt(value as number | bigint) : -1n;
  if (wide < 0n || wide >= 1n << 64n) throw new TreeSyntaxError(`${key} is no number of 64 bits`);
  return wide;
}

/** 0001-01-01, Go's zero time */
const ZERO_TIME = -62_135_596_800_000_000_000n;

function timeField(fields: Fields, key: string): bigint {
  const value = fields[key];
  return value === undefined || value === null ? ZERO_TIME : parseGoTime(stringField(fields, key));
}

function listOf(value: unknown, key: string): unknown[] {
  if (!Array.isArray(value)) throw new TreeSyntaxError(`${key} is no list`);
  return value;
}

function idOf(value: unknown, key: string): Buffer {
  // What is no hexadecimal digit ends the bytes.
  const id = typeof value === 'string' && value.length === 64 ? Buffer.from(value, 'hex') : undefined;
  if (id?.length !== 32) throw new TreeSyntaxError(`${key} holds something that is no id`);
  return id;
}

function attributesField(value: unknown): ExtendedAttribute[] {
  return listOf(value, 'extended_attributes').map((entry) => {
    if (entry === null || typeof entry !== 'object')
      throw new TreeSyntaxError('an extended attribute is no object');
    const fields = entry as Fields;
    return {
      name: Buffer.from(stringField(fields, 'name')),
      value: Buffer.from(stringField(fields, 'value'), 'base64'),
    };
  });
}

/** Keeps the values as they are spelled: they are not ours to interpret. */
function genericField(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of objectMembers(Buffer.from(text))) {
    if (key !== 'generic_attributes') continue;
    for (const [name, json] of objectMembers(value)) found[name] = json.toString('utf8');
  }
  return found;
}
