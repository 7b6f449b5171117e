/**
 * Paths in a snapshot as the API writes them: text that begins with `/`, or `base64:` and the bytes as base64url where
 * they are no UTF-8.
 */
const prefix = 'base64:';
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const slash = 0x2f;

/** A folder on the way to a path. */
export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The folders from the root to a path, both among them. */
export function crumbsOf(path: string): Crumb[] {
  const bytes = bytesOf(path);
  const crumbs: Crumb[] = [{ name: '/', path: '/' }];
  let begin = 1;
  for (let end = 1; end <= bytes.length; end += 1) {
    if (end < bytes.length && bytes[end] !== slash) continue;
    if (end > begin) {
      crumbs.push({ name: lenient.decode(bytes.subarray(begin, end)), path: textOf(bytes.subarray(0, end)) });
    }
    begin = end + 1;
  }
  return crumbs;
}

/** The folder that a path is in. */
export const folderOf = (path: string): string => crumbsOf(path).at(-2)?.path ?? '/';

/** How a folder is called from one above it: "invoices/2025", or "this folder". */
export const belowOf = (path: string, above: string): string =>
  crumbsOf(path)
    .slice(crumbsOf(above).length)
    .map(({ name }) => name)
    .join('/') || 'this folder';

const longestSearch = 200;

/**
 * What a search for a name is asked for, in which `*`, `?` and `[` would be a pattern. What cannot be typed into one is any
 * text there.
 */
export function searchOf(name: string): string {
  const needsPattern = /[*?[\p{Cc}\ufffd]/u.test(name);
  const search = needsPattern ? name.replace(/[*?[]/g, '[$&]').replace(/[\p{Cc}\ufffd]+/gu, '*') : name;
  if (search.length <= longestSearch) return search;
  // A part of the name is enough where it is no pattern.
  return needsPattern
    ? `*${(/[^*?[\]]{8,}/.exec(search)?.[0] ?? '').slice(0, 100)}*`
    : search.slice(0, longestSearch);
}

const bytesOf = (path: string): Uint8Array =>
  path.startsWith(prefix) ? fromBase64(path.slice(prefix.length)) : new TextEncoder().encode(path);

function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return `${prefix}${toBase64(bytes)}`;
  }
}

const fromBase64 = (text: string): Uint8Array => {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
};

const toBase64 = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const unseen = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/** A name in which nothing hides: line ends and marks of direction are written out. */
export const shownName = (name: string): string =>
  name.replace(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ''}}`);

/** A whole path to be read. */
export const shownPath = (path: string): string =>
  shownName(path.startsWith(prefix) ? lenient.decode(bytesOf(path)) : path);
