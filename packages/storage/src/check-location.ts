import { kindOf } from './open-storage.ts';
import { parseRestLocation } from './rest/rest-location.ts';
import { parseS3Location } from './s3/s3-location.ts';
import { parseSftpLocation } from './sftp/sftp-location.ts';

const parsers: Readonly<Record<string, (rest: string) => unknown>> = {
  s3: parseS3Location,
  sftp: parseSftpLocation,
  rest: parseRestLocation,
};

/**
 * Whether a storage could be opened at a location, as far as its text tells; touches and loads nothing else.
 * @throws StorageError `storage.unknown-kind`, or `storage.options` for one that cannot be read; never with a password
 */
export function checkLocation(location: string): void {
  const { scheme, rest } = kindOf(location);
  parsers[scheme]?.(rest);
}
