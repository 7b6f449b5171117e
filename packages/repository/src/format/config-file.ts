/**
 * The config file (restic design, "Repository Format"): sealed JSON, never compressed, with the format's
 * version, the repository's random id and the polynomial of its chunker.
 */
import { isIrreducible } from '../chunker/polynomial.ts';
import { FormatError, UnsupportedVersionError } from '../errors.ts';
import { count, id, parseObject, string } from './json/json-fields.ts';

export interface RepositoryConfig {
  readonly version: 1 | 2;
  /** 64 lowercase hex digits */
  readonly id: string;
  readonly polynomial: bigint;
}

export function decodeConfig(plain: Uint8Array): RepositoryConfig {
  const object = parseObject(plain);
  const version = count(object, 'version');
  if (version !== 1 && version !== 2) throw new UnsupportedVersionError(version);
  const digits = string(object, 'chunker_polynomial');
  if (!/^[0-9a-f]{1,16}$/i.test(digits))
    throw new FormatError('chunker_polynomial is not a hexadecimal number');
  const polynomial = BigInt(`0x${digits}`);
  if (!isIrreducible(polynomial)) throw new FormatError('chunker_polynomial is not irreducible');
  return { version, id: id(object, 'id'), polynomial };
}

export function encodeConfig(config: RepositoryConfig): Buffer {
  return Buffer.from(
    JSON.stringify({
      version: config.version,
      id: config.id,
      chunker_polynomial: config.polynomial.toString(16),
    }),
  );
}
