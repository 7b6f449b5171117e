/** Typed access to JSON that somebody else wrote: every mismatch is a `FormatError` naming the field. */
import { FormatError } from '../../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function parseObject(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    // The parser's message quotes the text, which may be a key.
    throw new FormatError('it is not JSON', cause instanceof RangeError ? { cause } : {});
  }
  return asObject(value, 'the document');
}

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${what} is not an object`);
  return value as JsonObject;
}

const get = (object: JsonObject, field: string): unknown =>
  Object.hasOwn(object, field) && object[field] !== null ? object[field] : undefined;

export function optionalString(object: JsonObject, field: string): string | undefined {
  const value = get(object, field);
  if (value === undefined || typeof value === 'string') return value;
  throw new FormatError(`${field} is not a string`);
}

export function string(object: JsonObject, field: string): string {
  const value = optionalString(object, field);
  if (value === undefined) throw new FormatError(`${field} is missing`);
  return value;
}

/** A whole number that is not negative and below 2^53. */
export function optionalCount(object: JsonObject, field: string): number | undefined {
  const value = get(object, field);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FormatError(`${field} is not a whole number`);
}

export function count(object: JsonObject, field: string): number {
  const value = optionalCount(object, field);
  if (value === undefined) throw new FormatError(`${field} is missing`);
  return value;
}

export function optionalStrings(object: JsonObject, field: string): string[] {
  const value = get(object, field) ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new FormatError(`${field} is not a list of strings`);
}

export function optionalBoolean(object: JsonObject, field: string): boolean {
  const value = get(object, field) ?? false;
  if (typeof value === 'boolean') return value;
  throw new FormatError(`${field} is not true or false`);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard base64 with padding, as Go writes byte slices. */
export function base64(object: JsonObject, field: string): Buffer {
  const text = string(object, field);
  if (!BASE64.test(text)) throw new FormatError(`${field} is not base64`);
  return Buffer.from(text, 'base64');
}

const ID = /^[0-9a-f]{64}$/;

export function optionalId(object: JsonObject, field: string): string | undefined {
  const text = optionalString(object, field);
  if (text !== undefined && !ID.test(text)) throw new FormatError(`${field} is not 64 hexadecimal digits`);
  return text;
}

export function id(object: JsonObject, field: string): string {
  const text = optionalId(object, field);
  if (text === undefined) throw new FormatError(`${field} is missing`);
  return text;
}
