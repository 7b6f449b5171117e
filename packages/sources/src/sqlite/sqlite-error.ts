import { SourceError, type SourceErrorCode } from '../errors.ts';

/** SQLite's primary result codes (sqlite.org, "Result and Error Codes") → what they mean to the user. */
const meanings: Readonly<Record<number, { code: SourceErrorCode; what: string; advice: string }>> = {
  3: {
    code: 'source.denied',
    what: 'may not be read',
    advice: 'Check owner and mode of the file and its folder.',
  },
  5: {
    code: 'source.busy',
    what: 'is locked by another program',
    advice: 'Try again; a program that holds a transaction open for long locks everybody out.',
  },
  6: { code: 'source.busy', what: 'is locked', advice: 'Try again when the other use is over.' },
  8: {
    code: 'source.denied',
    what: 'may not be written',
    advice: 'Check owner and mode of the file and its folder.',
  },
  10: {
    code: 'source.failed',
    what: 'could not be read or written by the disk',
    advice: 'Look for disk errors in the system log.',
  },
  11: {
    code: 'source.corrupt',
    what: 'is damaged',
    advice: 'Restore it from the last snapshot, or rescue what is left with: sqlite3 file .recover',
  },
  13: { code: 'source.failed', what: 'does not fit: the disk is full', advice: 'Make room and try again.' },
  14: {
    code: 'source.missing',
    what: 'cannot be opened',
    advice:
      'Check that the file is there and that this user may read it and write to its folder (for WAL mode).',
  },
  26: {
    code: 'source.corrupt',
    what: 'is no SQLite database',
    advice: 'Check the path; if it is right, restore the file.',
  },
};

/** Without a code the online backup gave up on a lock: it reports "not an error" then. */
export function sqliteError(path: string, message: string, sqliteCode: number | undefined): SourceError {
  const busy = sqliteCode === 0 && message === 'not an error';
  const primary = busy ? 5 : sqliteCode === undefined ? undefined : sqliteCode & 0xff;
  const meaning = primary === undefined ? undefined : meanings[primary];
  if (meaning === undefined)
    return new SourceError('source.failed', `SQLite reported an error (${path}): ${message}`);
  const detail = busy ? '' : ` (${message})`;
  return new SourceError(meaning.code, `${path} ${meaning.what}${detail}`, { advice: meaning.advice });
}
