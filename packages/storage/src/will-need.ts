/** Tells the system of a range of a file that will be read soon (posix_fadvise(2)), so that it reads meanwhile. */
import { nativeCalls } from './native-calls.ts';

type WillNeed = (file: number, offset: number, length: number) => void;

const POSIX_FADV_WILLNEED = 3;

let bound: WillNeed | null | undefined;

/** Undefined where it cannot be told. */
export function willNeed(): WillNeed | undefined {
  if (bound === undefined) bound = bind() ?? null;
  return bound ?? undefined;
}

function bind(): WillNeed | undefined {
  if (process.platform !== 'linux') return undefined;
  const advise = nativeCalls()?.load(null).func('posix_fadvise', 'int', ['int', 'int64_t', 'int64_t', 'int']);
  if (advise === undefined) return undefined;
  return (file, offset, length) => {
    // No length would mean all of the file. It is advice: where the file system takes none, reading waits.
    if (length > 0) advise(file, offset, length, POSIX_FADV_WILLNEED);
  };
}
