/**
 * A folder that holds every kind of entry that a backup has to bring back: for tests of backup and restore.
 *
 * The same call makes the same tree (contents, times, owners), wherever it is made. What the system or the
 * user's rights do not allow is left out and named in `missing`.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { libc } from '../filesystem/libc.ts';

export interface FixtureTree {
  readonly folder: string;
  /** Kinds of entries that could not be made here, such as `devices` for a user who is not root. */
  readonly missing: string[];
}

export interface FixtureOptions {
  /** Symbolic links whose target is not UTF-8, which restic before 0.16 cannot keep; default true. */
  rawLinkTargets?: boolean;
  /** Extended attributes of symbolic links themselves, which restic before 0.17 follows; default true. */
  linkAttributes?: boolean;
}

/** 2001-02-03 04:05:06.789012345 UTC */
const TIME = 981173106_789012345n;
const FIFO = 0o010000;
const CHARACTER_DEVICE = 0o020000;
const BLOCK_DEVICE = 0o060000;

/** Bytes that do not compress, the same for the same seed. */
export function noise(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

export function makeFixtureTree(folder: string, options: FixtureOptions = {}): FixtureTree {
  mkdirSync(folder, { recursive: true });
  const missing: string[] = [];
  const root = Buffer.from(folder);
  const at = (...names: (string | Buffer)[]): Buffer =>
    names.reduce<Buffer>((path, name) => Buffer.concat([path, Buffer.from('/'), Buffer.from(name)]), root);
  const attempt = (kind: string, make: () => void): void => {
    try {
      make();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      missing.push(kind);
    }
  };

  contents(at);
  names(at);
  modes(at, attempt);
  links(at, options);
  special(at, attempt);
  attributes(at, attempt, options);
  setTimes(root);
  return { folder, missing };
}

type At = (...names: (string | Buffer)[]) => Buffer;
type Attempt = (kind: string, make: () => void) => void;

function contents(at: At): void {
  mkdirSync(at('contents'));
  mkdirSync(at('contents', 'empty folder'));
  writeFileSync(at('contents', 'empty file'), '');
  writeFileSync(at('contents', 'one byte'), 'x');
  writeFileSync(at('contents', 'text'), 'The quick brown fox jumps over the lazy dog.\n'.repeat(2000));
  writeFileSync(at('contents', 'noise'), noise('contents', 3_500_000));
  writeFileSync(at('contents', 'same noise'), noise('contents', 3_500_000));
  writeFileSync(at('contents', 'zeros'), Buffer.alloc(2_000_000));
  const sparse = openSync(at('contents', 'sparse'), 'w');
  writeSync(sparse, noise('sparse', 5000), 0, 5000, 6_000_000);
  ftruncateSync(sparse, 17_000_000);
  closeSync(sparse);
  mkdirSync(at('contents', 'many'));
  for (let i = 0; i < 300; i++) writeFileSync(at('contents', 'many', `file ${i}`), `number ${i}\n`.repeat(i));
  let deep = at('contents', 'deep');
  mkdirSync(deep);
  for (let i = 0; i < 30; i++) {
    deep = Buffer.concat([deep, Buffer.from(`/level ${i}`)]);
    mkdirSync(deep);
  }
  writeFileSync(Buffer.concat([deep, Buffer.from('/bottom')]), 'bottom');
}

function names(at: At): void {
  mkdirSync(at('names'));
  const odd: (string | Buffer)[] = [
    ' leading and trailing ',
    '-rf',
    'line\nfeed',
    'tab\tbell\x07escape\x1bdelete\x7f',
    'quote" apostrophe\' backslash\\ dollar$ back`tick',
    'html <b>&amp;&lt;',
    'glob *?[a-z]{x,y}',
    'umlaut äöü',
    'decomposed a\u0308',
    'emoji 👩\u200d🔬',
    'no-break\u00a0soft\u00adideographic\u3000mark\ufeff',
    'separators \u2028\u2029',
    'private \ue000',
    'astral 𝒳 \u{10ffff}',
    '\ufb00 sorts before astral in UTF-16 only after in bytes',
    'replacement \ufffd',
    'n'.repeat(255),
    Buffer.from('6c6174696e2d3120e4f6fc', 'hex'),
    Buffer.from('62726f6b656e20ff20fe20c320e282', 'hex'),
    Buffer.from('737572726f6761746520eda080', 'hex'),
  ];
  for (const name of odd) writeFileSync(at('names', name), Buffer.from(name));
  const folder = Buffer.from('666f6c64657220ff', 'hex');
  mkdirSync(at('names', folder));
  writeFileSync(at('names', folder, 'inside'), 'inside');
}

function modes(at: At, attempt: Attempt): void {
  mkdirSync(at('modes'));
  for (const mode of [0o000, 0o400, 0o644, 0o755, 0o777, 0o4755, 0o2755, 0o1644, 0o7777]) {
    const path = at('modes', `file ${mode.toString(8)}`);
    writeFileSync(path, 'mode');
    chmodSync(path, mode);
  }
  for (const mode of [0o700, 0o1777, 0o2775]) {
    const path = at('modes', `folder ${mode.toString(8)}`);
    mkdirSync(path);
    chmodSync(path, mode);
  }
  for (const [uid, gid] of [
    [1, 2],
    [54321, 54322],
    [0x7fffffff, 0xfffffff0],
  ] as const) {
    const path = at('modes', `owner ${uid}`);
    writeFileSync(path, 'owner');
    attempt('owners', () => lchownSync(path, uid, gid));
  }
}

function links(at: At, options: FixtureOptions): void {
  mkdirSync(at('links'));
  symlinkSync('../contents/text', at('links', 'relative'));
  symlinkSync('/etc/hostname', at('links', 'absolute'));
  symlinkSync('no such <target> & "quotes"', at('links', 'dangling'));
  symlinkSync('../contents', at('links', 'to a folder'));
  symlinkSync('t'.repeat(1000), at('links', 'long'));
  if (options.rawLinkTargets ?? true) symlinkSync(Buffer.from('ff41fe', 'hex'), at('links', 'raw'));
  writeFileSync(at('links', 'hard a'), noise('hard', 1000));
  linkSync(at('links', 'hard a'), at('links', 'hard b'));
  mkdirSync(at('links', 'sub'));
  linkSync(at('links', 'hard a'), at('links', 'sub', 'hard c'));
  writeFileSync(at('links', 'pair 1'), '');
  linkSync(at('links', 'pair 1'), at('links', 'pair 2'));
}

function special(at: At, attempt: Attempt): void {
  mkdirSync(at('special'));
  const make = (kind: string, name: string, mode: number, device: bigint): void =>
    attempt(kind, () => libcOrThrow().makeNode(at('special', name), mode, device));
  make('fifos', 'fifo', FIFO | 0o640, 0n);
  make('devices', 'null', CHARACTER_DEVICE | 0o666, deviceNumber(1, 3));
  make('devices', 'loop', BLOCK_DEVICE | 0o660, deviceNumber(7, 99));
  make('devices', 'far', CHARACTER_DEVICE | 0o600, deviceNumber(300, 70_000));
}

/** glibc's makedev */
function deviceNumber(major: number, minor: number): bigint {
  const [a, b] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffff000n) << 32n) | ((a & 0xfffn) << 8n) | ((b & 0xffffff00n) << 12n) | (b & 0xffn);
}

function attributes(at: At, attempt: Attempt, options: FixtureOptions): void {
  mkdirSync(at('attributes'));
  const set = (kind: string, file: string, name: string, value: Buffer): void =>
    attempt(kind, () => libcOrThrow().setAttribute(at('attributes', file), Buffer.from(name), value));
  writeFileSync(at('attributes', 'file'), 'attributes');
  set('attributes', 'file', 'user.comment', Buffer.from('a remark'));
  set('attributes', 'file', 'user.empty', Buffer.alloc(0));
  set('attributes', 'file', 'user.binary', Buffer.from('00ff80fe0a', 'hex'));
  set('attributes', 'file', 'user.long', noise('attribute', 2000));
  mkdirSync(at('attributes', 'folder'));
  set('attributes', 'folder', 'user.folder', Buffer.from('yes'));
  set('privileged attributes', 'folder', 'trusted.overlay', Buffer.from('y'));
  symlinkSync('file', at('attributes', 'link'));
  if (options.linkAttributes ?? true)
    set('privileged attributes', 'link', 'trusted.link', Buffer.from('on the link itself'));
  writeFileSync(at('attributes', 'capable'), '#!/bin/sh\n');
  // cap_net_bind_service=ep, revision 2
  set(
    'privileged attributes',
    'capable',
    'security.capability',
    Buffer.from('0100000200040000000000000000000000000000', 'hex'),
  );

  writeFileSync(at('attributes', 'acl file'), 'access');
  set('acls', 'acl file', 'system.posix_acl_access', accessList(4242));
  mkdirSync(at('attributes', 'acl folder'));
  set('acls', 'acl folder', 'system.posix_acl_access', accessList(4242));
  set('acls', 'acl folder', 'system.posix_acl_default', accessList(4343));
}

/** An ACL that lets one more user read and write, in the kernel's format (linux/posix_acl_xattr.h). */
function accessList(user: number): Buffer {
  const none = 0xffffffff;
  const entries = [
    [0x01, 7, none], // owner
    [0x02, 6, user], // user
    [0x04, 5, none], // owning group
    [0x10, 7, none], // mask
    [0x20, 4, none], // others
  ] as const;
  const list = Buffer.alloc(4 + 8 * entries.length);
  list.writeUInt32LE(2, 0);
  entries.forEach(([tag, permissions, id], i) => {
    list.writeUInt16LE(tag, 4 + 8 * i);
    list.writeUInt16LE(permissions, 6 + 8 * i);
    list.writeUInt32LE(id, 8 + 8 * i);
  });
  return list;
}

/** Gives every entry a time of its own, children before their folder. */
function setTimes(root: Buffer): void {
  const system = libcOrThrow();
  let step = 0n;
  const visit = (path: Buffer): void => {
    for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).sort((a, b) =>
      Buffer.compare(a.name, b.name),
    )) {
      const child = Buffer.concat([path, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) visit(child);
      else system.setTimes(child, TIME + step, TIME + step);
      step += 1_000_000_007n;
    }
    system.setTimes(path, TIME + step, TIME + step);
  };
  visit(root);
  const odd: [string, bigint][] = [
    ['before 1970', -1_234_567_890_123_456_789n],
    ['year 2200', 7_258_118_400_000_000_001n],
    ['whole second', 1_000_000_000_000_000_000n],
    ['trailing zeros', 1_000_000_000_120_000_000n],
  ];
  const folder = Buffer.concat([root, Buffer.from('/times')]);
  mkdirSync(folder);
  for (const [name, time] of odd) {
    const path = Buffer.concat([folder, Buffer.from(`/${name}`)]);
    writeFileSync(path, name);
    system.setTimes(path, time, time);
  }
  system.setTimes(folder, TIME, TIME);
  system.setTimes(root, TIME, TIME);
}

function libcOrThrow(): NonNullable<ReturnType<typeof libc>> {
  const system = libc();
  if (system === undefined) throw Object.assign(new Error('no C library on this system'), { code: 'ENOSYS' });
  return system;
}
