/**
 * The few calls of Linux's C library that Node does not offer: extended attributes, exact times of any
 * kind of file, device nodes, FIFOs, the names of users and groups, and memory that its allocator holds back.
 *
 * Paths and names are buffers, because a file name need not be UTF-8. Errors look like Node's own
 * (`code`, `errno`, `syscall`, `path`). The library is loaded at first use and never at import.
 */
import { getSystemErrorMap } from 'node:util';
import { type Koffi, nativeCalls } from '@octobox/storage/native-calls';

export interface Libc {
  /** Names of the extended attributes of a file: of what is open, or of a path, links not followed. */
  listAttributes(file: Buffer | number): Buffer[];
  getAttribute(file: Buffer | number, name: Buffer): Buffer;
  setAttribute(path: Buffer, name: Buffer, value: Buffer): void;
  removeAttribute(path: Buffer, name: Buffer): void;
  /** Sets both times in nanoseconds since 1970, links not followed. */
  setTimes(path: Buffer, accessed: bigint, modified: bigint): void;
  /** As `setTimes`, for what is open. */
  setTimesOf(file: number, accessed: bigint, modified: bigint): void;
  /** Lets so many bytes wait in a pipe; the system may refuse, and then nothing changes. */
  setPipeSize(pipe: number, bytes: number): void;
  /** Gives the system back what is free in the heap; nothing where the C library cannot. */
  trimMemory(): void;
  /** Makes a device node, FIFO or empty file; `mode` is the C `st_mode` with its type bits. */
  makeNode(path: Buffer, mode: number, device: bigint): void;
  /** Undefined when the system knows no such user. */
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
}

/** An error of a C call in the shape of Node's file-system errors. */
export interface SystemError extends Error {
  code: string;
  errno: number;
  syscall: string;
  path: Buffer | undefined;
}

let loaded: Libc | null | undefined;

/** The C library, or undefined where it cannot be had (not Linux, or koffi has no binary for it). */
export function libc(): Libc | undefined {
  if (loaded === undefined) loaded = load();
  return loaded ?? undefined;
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const ERANGE = 34;
const F_SETPIPE_SZ = 1031;
const NOTHING = Buffer.alloc(0);

function load(): Libc | null {
  if (process.platform !== 'linux') return null;
  try {
    const koffi = nativeCalls();
    return koffi === undefined ? null : bind(koffi);
  } catch (cause) {
    // A machine without koffi's binary still backs up contents; the callers say what is then missing.
    if (cause instanceof Error) return null;
    throw cause;
  }
}

function bind(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const llistxattr = library.func('llistxattr', 'intptr_t', ['uint8_t *', 'uint8_t *', 'size_t']);
  const lgetxattr = library.func('lgetxattr', 'intptr_t', ['uint8_t *', 'uint8_t *', 'uint8_t *', 'size_t']);
  const flistxattr = library.func('flistxattr', 'intptr_t', ['int', 'uint8_t *', 'size_t']);
  const fgetxattr = library.func('fgetxattr', 'intptr_t', ['int', 'uint8_t *', 'uint8_t *', 'size_t']);
  const lsetxattr = library.func('lsetxattr', 'int', [
    'uint8_t *',
    'uint8_t *',
    'uint8_t *',
    'size_t',
    'int',
  ]);
  const lremovexattr = library.func('lremovexattr', 'int', ['uint8_t *', 'uint8_t *']);
  const utimensat = library.func('utimensat', 'int', ['int', 'uint8_t *', 'uint8_t *', 'int']);
  const futimens = library.func('futimens', 'int', ['int', 'uint8_t *']);
  const fcntl = library.func('fcntl', 'int', ['int', 'int', '...']);
  const trim = trimming(library);
  const mknod = library.func('mknod', 'int', ['uint8_t *', 'uint32_t', 'uint64_t']);
  const passwd = koffi.struct({
    name: 'char *',
    password: 'char *',
    uid: 'uint32_t',
    gid: 'uint32_t',
    gecos: 'char *',
    folder: 'char *',
    shell: 'char *',
  });
  const group = koffi.struct({ name: 'char *', password: 'char *', gid: 'uint32_t', members: 'void *' });
  const getpwuid = library.func('getpwuid_r', 'int', [
    'uint32_t',
    koffi.out(koffi.pointer(passwd)),
    'uint8_t *',
    'size_t',
    'uint64_t *',
  ]);
  const getgrgid = library.func('getgrgid_r', 'int', [
    'uint32_t',
    koffi.out(koffi.pointer(group)),
    'uint8_t *',
    'size_t',
    'uint64_t *',
  ]);

  function failure(syscall: string, path?: Buffer): SystemError {
    return systemError(koffi.errno(), syscall, path);
  }

  /** Calls with a growing buffer until the answer fits (it may grow between two calls). */
  function readWhole(syscall: string, path: Buffer | undefined, call: (into: Buffer) => number): Buffer {
    for (let size = 1024; ; size *= 4) {
      const into = size === 1024 ? scratch : Buffer.alloc(size);
      const length = Number(call(into));
      if (length === 0) return NOTHING;
      if (length > 0) return Buffer.from(into.subarray(0, length));
      if (koffi.errno() !== ERANGE || size > 1 << 20) throw failure(syscall, path);
    }
  }
  const listing = (path: Buffer) => (into: Buffer) => llistxattr(path, into, into.length);
  const scratch = Buffer.alloc(1024);
  /** Two of C's timespec: seconds and nanoseconds in words of 64 bits, in the machine's own order. */
  const timeWords = new BigInt64Array(4);
  const times = Buffer.from(timeWords.buffer);

  type NameLookup = (
    id: number,
    entry: object,
    space: Buffer,
    size: number,
    result: BigUint64Array,
  ) => number;
  function nameOf(lookup: NameLookup, id: number): string | undefined {
    for (let size = 4096; size <= 1 << 24; size *= 8) {
      const entry: { name?: string } = {};
      const result = new BigUint64Array(1);
      const code = lookup(id, entry, Buffer.alloc(size), size, result);
      if (code === ERANGE) continue;
      return code === 0 && result[0] !== 0n ? entry.name : undefined;
    }
    return undefined;
  }

  return {
    listAttributes(file) {
      const list =
        typeof file === 'number'
          ? readWhole('flistxattr', undefined, (into) => flistxattr(file, into, into.length))
          : readWhole('llistxattr', file, listing(terminated(file)));
      const names: Buffer[] = [];
      for (let from = 0; from < list.length; ) {
        const end = list.indexOf(0, from);
        names.push(list.subarray(from, end));
        from = end + 1;
      }
      return names;
    },
    getAttribute(file, name) {
      const n = terminated(name);
      if (typeof file === 'number')
        return readWhole('fgetxattr', undefined, (into) => fgetxattr(file, n, into, into.length));
      const p = terminated(file);
      return readWhole('lgetxattr', file, (into) => lgetxattr(p, n, into, into.length));
    },
    setAttribute(path, name, value) {
      const bytes = value.length === 0 ? Buffer.alloc(1) : value;
      if (lsetxattr(terminated(path), terminated(name), bytes, value.length, 0) !== 0)
        throw failure('lsetxattr', path);
    },
    removeAttribute(path, name) {
      if (lremovexattr(terminated(path), terminated(name)) !== 0) throw failure('lremovexattr', path);
    },
    setTimes(path, accessed, modified) {
      writeTimespec(timeWords, 0, accessed);
      writeTimespec(timeWords, 2, modified);
      if (utimensat(AT_FDCWD, terminated(path), times, AT_SYMLINK_NOFOLLOW) !== 0)
        throw failure('utimensat', path);
    },
    setTimesOf(file, accessed, modified) {
      writeTimespec(timeWords, 0, accessed);
      writeTimespec(timeWords, 2, modified);
      if (futimens(file, times) !== 0) throw failure('futimens');
    },
    setPipeSize(pipe, bytes) {
      fcntl(pipe, F_SETPIPE_SZ, 'int', bytes);
    },
    trimMemory() {
      trim?.(0);
    },
    makeNode(path, mode, device) {
      if (mknod(terminated(path), mode, device) !== 0) throw failure('mknod', path);
    },
    userName: (uid) => nameOf(getpwuid, uid),
    groupName: (gid) => nameOf(getgrgid, gid),
  };
}

/** glibc alone has it. */
function trimming(library: ReturnType<Koffi['load']>): ((kept: number) => number) | undefined {
  try {
    return library.func('malloc_trim', 'int', ['size_t']);
  } catch {
    return undefined;
  }
}

function terminated(path: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(path.length + 1);
  path.copy(copy);
  copy[path.length] = 0;
  return copy;
}

const BILLION = 1_000_000_000n;

function writeTimespec(into: BigInt64Array, at: number, nanoseconds: bigint): void {
  let seconds = nanoseconds / BILLION;
  let fraction = nanoseconds - seconds * BILLION;
  if (fraction < 0n) {
    fraction += BILLION;
    seconds -= 1n;
  }
  into[at] = seconds;
  into[at + 1] = fraction;
}

function systemError(errno: number, syscall: string, path: Buffer | undefined): SystemError {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`];
  const where = path === undefined ? '' : ` '${path.toString()}'`;
  return Object.assign(new Error(`${code}: ${text}, ${syscall}${where}`), {
    code,
    errno: -errno,
    syscall,
    path,
  });
}
