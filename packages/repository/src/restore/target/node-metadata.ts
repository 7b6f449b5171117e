/**
 * Gives a restored entry the metadata that its node holds. The order matters: a change of owner clears special
 * mode bits and capabilities, and everything but the times themselves changes them.
 */
import { lchownSync, lutimesSync } from 'node:fs';
import { libc } from '../../filesystem/libc.ts';
import { systemFileMode } from '../../format/go/file-mode.ts';
import type { Node } from '../../format/trees/node.ts';
import type { AttributeSelection } from './attribute-selection.ts';
import type { OwnerOf } from './owner-names.ts';
import { changeMode, hasCode } from './target-folder.ts';
import type { Place } from './target-folders.ts';

export interface MetadataOptions {
  /**
   * Owner and group: `restore` says when it cannot, `try` is silent about missing rights, as is right for users
   * who are not root.
   */
  readonly ownership: 'restore' | 'try' | 'leave';
  readonly ownerOf: OwnerOf;
  readonly selectsAttribute: AttributeSelection;
  /** It was just made, with this process's owner and no attributes. */
  readonly isPlain: boolean;
  /** What could not be set, in words; the entry is otherwise restored. */
  readonly warn: (problem: string) => void;
}

const specialBits = 0o6000;

/** @throws the system's error when permissions or times cannot be set */
export function applyMetadata(place: Place, node: Node, options: MetadataOptions): void {
  const owned = options.ownership !== 'leave' && applyOwner(place, node, options);
  applyAttributes(place, node, options);
  if (node.type !== 'symlink') applyMode(place, node, owned, options);
  applyTimes(place, node, options);
}

/** Whether owner and group are now those of the node. */
function applyOwner(place: Place, node: Node, options: MetadataOptions): boolean {
  const { uid, gid } = options.ownerOf(node);
  if (options.isPlain && uid === self.uid && gid === self.gid) return true;
  try {
    lchownSync(place.reach(), uid, gid);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    if (options.ownership === 'restore') options.warn(`owner ${uid}:${gid} not restored: ${text(error)}`);
    return false;
  }
}

function applyMode(place: Place, node: Node, owned: boolean, options: MetadataOptions): void {
  let mode = systemFileMode(node.mode) & 0o7777;
  // A program that runs with its owner's rights must not run with those of whoever restored it.
  if (!owned && node.type === 'file' && (mode & specialBits) !== 0 && !isOwn(node)) {
    mode &= ~specialBits;
    options.warn('setuid and setgid bits left out, because the owner is another one');
  }
  try {
    changeMode(place, mode);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    options.warn(`permissions not restored: ${text(error)}`);
  }
}

const self = { uid: process.geteuid?.(), gid: process.getegid?.() };
const isOwn = (node: Node): boolean => node.uid === self.uid && node.gid === self.gid;

/** Sets those of the node and removes all others, as inherited access lists are. */
function applyAttributes(place: Place, node: Node, options: MetadataOptions): void {
  const wanted = (node.extendedAttributes ?? []).filter(({ name }) => options.selectsAttribute(name));
  const system = libc();
  if (system === undefined) {
    if (wanted.length > 0)
      options.warn('extended attributes not restored: the C library cannot be called here');
    return;
  }
  let present: Buffer[] = [];
  try {
    if (!options.isPlain) present = system.listAttributes(place.reach());
  } catch (error) {
    if (!isUnsupported(error)) options.warn(`extended attributes not listed: ${text(error)}`);
  }
  for (const name of present) {
    if (wanted.some((attribute) => attribute.name.equals(name)) || belongsToSystem(name)) continue;
    if (!options.selectsAttribute(name)) continue;
    attempt(`extended attribute ${name.toString()} not removed`, options, () =>
      system.removeAttribute(place.reach(), name),
    );
  }
  for (const { name, value } of wanted) {
    attempt(`extended attribute ${name.toString()} not restored`, options, () =>
      system.setAttribute(place.reach(), name, value),
    );
  }
}

/** Labels that the security policy of the machine gives every file. */
const belongsToSystem = (name: Buffer): boolean => name.toString().startsWith('security.selinux');

const isUnsupported = (error: unknown): boolean => hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS');

function attempt(problem: string, options: MetadataOptions, set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    options.warn(`${problem}: ${text(error)}`);
  }
}

function applyTimes(place: Place, node: Node, options: MetadataOptions): void {
  const system = libc();
  if (system !== undefined) {
    system.setTimes(place.reach(), node.atime, node.mtime);
    return;
  }
  lutimesSync(place.reach(), Number(node.atime) / 1e9, Number(node.mtime) / 1e9);
  options.warn('times restored to the microsecond only: the C library cannot be called here');
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
