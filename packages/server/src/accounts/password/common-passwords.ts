import { readFile } from 'node:fs/promises';

let reading: Promise<ReadonlySet<string>> | undefined;

/** Those on the list beside this file, lowercase; it is read when the first password is chosen. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  reading ??= read();
  return await reading;
}

async function read(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL('./common-passwords.txt', import.meta.url), 'utf8');
  return new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#!')));
}
