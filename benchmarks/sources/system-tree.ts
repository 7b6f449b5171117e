/** A tree like a real system's: files, folders and links of /usr, copied in the order of their names. */
import {
  chmodSync,
  closeSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface TreeSize {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Copies until there are as many entries and bytes; large files are passed over while there are more bytes than the
 * entries so far ask for. When /usr is too small it is gone through again with every byte changed, so that nothing
 * of it is the same as before.
 */
export function copySystemTree(target: string, wanted: TreeSize): TreeSize {
  let [entries, bytes] = [0, 0];
  const copy = (from: string, to: string, mask: number): void => {
    for (const entry of namesOf(from)) {
      if (entries >= wanted.entries) return;
      const [source, place] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) {
        mkdirSync(place);
        entries++;
        copy(source, place, mask);
      } else if (entry.isSymbolicLink()) {
        symlinkSync(readlinkSync(source), place);
        entries++;
      } else if (entry.isFile()) {
        const { size, mode } = lstatSync(source);
        const allowed = wanted.bytes * ((entries + 1) / wanted.entries) + wanted.bytes / 50;
        if (bytes + size > allowed) continue;
        writeFileSync(place, masked(readFileSync(source), mask));
        chmodSync(place, (mode & 0o777) | 0o400);
        entries++;
        bytes += size;
      }
    }
  };
  for (let mask = 0; entries < wanted.entries && mask < 64; mask++) {
    const folder = join(target, `usr ${mask}`);
    mkdirSync(folder, { recursive: true });
    copy('/usr', folder, mask);
  }
  return { entries, bytes };
}

function namesOf(folder: string): Dirent[] {
  const names = readdirSync(folder, { withFileTypes: true });
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Links are not followed: those of a system lead in circles, and out of the copy. */
function* filesBelow(folder: string): Generator<string> {
  for (const entry of namesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function masked(bytes: Buffer, mask: number): Buffer {
  if (mask === 0) return bytes;
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] ?? 0) ^ mask;
  return bytes;
}

/** Writes into the middle of every hundredth file, of others in each round. Gives how many. */
export function changeOnePercent(folder: string, round: number): number {
  const files = [...filesBelow(folder)].sort();
  let changed = 0;
  for (let at = round % 100; at < files.length; at += 100, changed++) {
    const path = files[at] as string;
    const { size, mode } = lstatSync(path);
    chmodSync(path, mode | 0o200);
    const file = openSync(path, 'r+');
    writeSync(file, `round ${round} of file ${at}\n`, Math.floor(size / 2));
    closeSync(file);
    chmodSync(path, mode);
  }
  return changed;
}
