import { z } from '@hono/zod-openapi';
import { ApiError } from '../answers/problem.ts';
import { word } from './texts.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const mark = 'base64:';
const slash = 0x2f;

/**
 * A path inside a snapshot. File systems keep names as bytes, and JSON and addresses are text: a path that is UTF-8 is
 * written as it is and begins with `/`; of any other all bytes are written as `base64:` and base64url. As no path
 * begins otherwise, each text means one path, and each path has a text.
 */
export const pathText = (path: Buffer): string => textOf(path) ?? `${mark}${path.toString('base64url')}`;

/** For people: what is no UTF-8 is shown as U+FFFD. */
export const shownName = (name: Buffer): string => name.toString('utf8');

/** @throws ApiError when it is no path of a snapshot */
export function readPath(field: string, text: string): Buffer {
  const path = text.startsWith(mark) ? fromBase64(text.slice(mark.length)) : Buffer.from(text);
  if (path?.[0] !== slash || path.includes(0)) {
    throw new ApiError('api.invalid', 'this is no path inside a snapshot', {
      fields: [{ field, detail: 'a path begins with /' }],
      advice: 'Give a path as a list of files shows it.',
    });
  }
  return withoutDoubledSlashes(path);
}

export const pathQuery = z
  .string()
  .max(12_000)
  .openapi({
    description: `Begins with \`/\`; a path that is no UTF-8 is \`${mark}\` and its bytes as base64url, as lists show it. \`..\` is a name as any other, and found nowhere.`,
    example: '/srv/www/index.html',
  });

export const searchQuery = word(200)
  .refine((text) => !text.includes('/'), 'a name has no /')
  .openapi({
    description:
      'Only what is below the folder, at any depth, and has this in its name; with `*`, `?` or `[…]` it is a pattern for the whole name. Large and small letters are alike.',
    example: '*.pdf',
  });

function textOf(path: Buffer): string | undefined {
  try {
    return utf8.decode(path);
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function withoutDoubledSlashes(path: Buffer): Buffer {
  const names = path
    .toString('latin1')
    .split('/')
    .filter((name) => name !== '');
  return Buffer.from(`/${names.join('/')}`, 'latin1');
}
