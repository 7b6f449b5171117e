/** POSIX access lists: from the binary form of Linux (linux/posix_acl_xattr.h) to the text that tar archives carry. */

const TAGS: Readonly<Record<number, string>> = {
  1: 'user:',
  2: 'user:',
  4: 'group:',
  8: 'group:',
  16: 'mask:',
  32: 'other:',
};
const NAMED = new Set([2, 8]);

/** Undefined when the bytes are no access list of version 2. Users and groups are told by their numbers. */
export function accessListText(list: Buffer): string | undefined {
  if (list.length < 4 || (list.length - 4) % 8 !== 0 || list.readUInt32LE(0) !== 2) return undefined;
  let text = '';
  for (let at = 4; at < list.length; at += 8) {
    const tag = list.readUInt16LE(at);
    const rights = list.readUInt16LE(at + 2);
    const subject = TAGS[tag];
    if (subject === undefined) return undefined;
    const who = NAMED.has(tag) ? String(list.readUInt32LE(at + 4)) : '';
    text += `${subject}${who}:${rights & 4 ? 'r' : '-'}${rights & 2 ? 'w' : '-'}${rights & 1 ? 'x' : '-'}\n`;
  }
  return text;
}
