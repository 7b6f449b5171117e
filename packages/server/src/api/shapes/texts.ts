import { z } from '@hono/zod-openapi';
import { hasUnseenSigns } from '../../platform/index.ts';

/** No database and no log takes control characters as they are. */
const isPlain = (text: string): boolean => !/\p{Cc}/u.test(text);

/** One that programs give: a name, a path, a pattern. */
export const word = (longest: number) =>
  z.string().min(1).max(longest).refine(isPlain, 'it has control characters');

/** One line that people read. */
export const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !hasUnseenSigns(text), 'it has signs that nobody sees, such as ends of lines');

/** Any text of more lines, or a secret. */
export const anyText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !text.includes('\0'), 'it has a NUL');

export const seconds = z
  .number()
  .positive()
  .max(3_650 * 86_400);
export const instantText = z.string().openapi({ format: 'date-time', example: '2026-11-26T05:12:00.000Z' });
/** In an address. */
export const dayText = z.iso.date({ error: 'it must be a day such as 2026-11-26' });
/** In an address; what it does not name is not found. */
export const idParam = z.object({ id: word(200) });
/** In an address everything is text. */
export const numberText = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const end = most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`;
  const error = `it must be a whole number from ${least} ${end}`;
  return z.coerce.number({ error }).int({ error, abort: true }).min(least, error).max(most, error);
};
export const numberParam = z.object({ id: numberText(1) });

export const failureShape = z
  .strictObject({ code: z.string(), message: z.string(), advice: z.string().optional() })
  .openapi('Failure');
