import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** So many different files of a few hundred bytes, with `each` of them in a folder. */
export function writeSmallFiles(folder: string, count: number, each = 1000): void {
  for (let at = 0; at < count; at++) {
    const place = join(folder, `folder ${Math.floor(at / each)}`);
    if (at % each === 0) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `entry ${at}`), content(at));
  }
}

function content(at: number): string {
  let text = '';
  for (let line = 0; line <= at % 8; line++)
    text += `${at}.${line}: customer ${(at * 7919 + line) % 104729}, sum ${((at * 31 + line) % 9973) / 100}\n`;
  return text;
}
