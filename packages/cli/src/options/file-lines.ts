import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';

export const standardInput = '-';

/** A whole small text file; `-` reads standard input. */
export async function readBytes(file: string, what: string): Promise<Buffer> {
  try {
    if (file !== standardInput) return await readFile(file);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new CliError(
      'cli.file-unreadable',
      missing ? `${what} ${file} does not exist` : `${what} ${file} cannot be read`,
      { cause: error, ...(missing ? { advice: 'Check the path.' } : {}) },
    );
  }
}

/** Text in UTF-8, or in UTF-16 when it begins with that byte order mark, as Windows editors save it. */
export function decodeText(bytes: Uint8Array): string {
  const isUtf16 = (first: number, second: number): boolean => bytes[0] === first && bytes[1] === second;
  const encoding = isUtf16(0xff, 0xfe) ? 'utf-16le' : isUtf16(0xfe, 0xff) ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** Lines without blanks around them; empty ones and those that begin with `#` are left out. */
export async function readPatternFile(file: string): Promise<string[]> {
  return decodeText(await readBytes(file, 'the pattern file'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Every line exactly as it is; empty ones are left out. */
export async function readVerbatimLines(file: string): Promise<string[]> {
  return decodeText(await readBytes(file, 'the list of files'))
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');
}

/** Names ended by NUL bytes, not necessarily UTF-8, as `find -print0` writes them. */
export async function readRawNames(file: string): Promise<Buffer[]> {
  const bytes = await readBytes(file, 'the list of files');
  if (bytes.length > 0 && bytes.at(-1) !== 0) {
    throw new CliError('cli.file-unreadable', `${file} does not end in a NUL byte`, {
      advice: 'The list may be cut short: every name must be ended by a NUL byte, as find -print0 does.',
    });
  }
  const names: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(0, from);
    if (to === from) throw new CliError('cli.file-unreadable', `${file} holds an empty name`);
    names.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return names;
}
