import { readFile } from 'node:fs/promises';

let reading: Promise<ReadonlySet<string>> | undefined;

/** Whether it (lowercase) is on the list beside this file, which is read when the first password is chosen. */
export async function isCommon(lowercase: string): Promise<boolean> {
  reading ??= read();
  return (await reading).has(lowercase);
}

async function read(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL('./common-passwords.txt', import.meta.url), 'utf8');
  return new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#!')));
}
