/** Lock files (restic `internal/restic/lock.go`): JSON, who holds the lock and since when. */
import { parseInstant } from './go/instant.ts';
import { optionalBoolean, optionalCount, optionalString, parseObject, string } from './json/json-fields.ts';

export interface LockContent {
  /** RFC 3339 with nanoseconds; a refreshed lock is a new file with a new time */
  readonly time: string;
  readonly exclusive: boolean;
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export function encodeLock(lock: LockContent): Buffer {
  return Buffer.from(
    JSON.stringify({
      time: lock.time,
      exclusive: lock.exclusive,
      hostname: lock.hostname,
      username: lock.username,
      pid: lock.pid,
      uid: lock.uid === 0 ? undefined : lock.uid,
      gid: lock.gid === 0 ? undefined : lock.gid,
    }),
  );
}

/** Throws `FormatError` when the document is no lock. */
export function decodeLock(json: Uint8Array): LockContent {
  const object = parseObject(json);
  const time = string(object, 'time');
  parseInstant(time);
  return {
    time,
    exclusive: optionalBoolean(object, 'exclusive'),
    hostname: optionalString(object, 'hostname') ?? '',
    username: optionalString(object, 'username') ?? '',
    pid: optionalCount(object, 'pid') ?? 0,
    uid: optionalCount(object, 'uid') ?? 0,
    gid: optionalCount(object, 'gid') ?? 0,
  };
}
