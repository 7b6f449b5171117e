import { isAbsolute, normalize } from 'node:path';
import { SourceError } from '../errors.ts';

/** An absolute path, without a slash at its end and without `.` and `..`. */
export function parseFilesLocation(text: string): string {
  if (!isAbsolute(text) || text.includes('\0')) {
    throw new SourceError('source.location', `Not an absolute path: ${text}`, {
      advice: 'Write the whole path, beginning with a slash.',
    });
  }
  const path = normalize(text).replace(/(?<=.)\/+$/, '');
  return path;
}
