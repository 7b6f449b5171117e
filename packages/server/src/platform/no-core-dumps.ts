import { createRequire } from 'node:module';

const PR_SET_DUMPABLE = 4;
const RLIMIT_CORE = 4;
/**
 * Not 0, which the kernel heeds for files alone: at 1 it also writes nothing into a program of `core_pattern`
 * (do_coredump in fs/coredump.c), and a file needs more room than one byte.
 */
const coreBytes = 1n;

export interface CoreDumps {
  /** Whether this process leaves no image of its memory, and no other of its user reads that. */
  readonly refused: boolean;
  /** Why not. */
  readonly reason?: string;
}

/**
 * From now on a crash writes no memory of this process, in which keys and secrets are, to a disk, and no other process of
 * its user reads it. The programs that it starts, some of which are given a password, write no core dump either. What
 * root does on purpose (gcore, a debugger, /proc/kcore), swap and hibernation are not covered. Linux on 64 bits alone.
 */
export function refuseCoreDumps(): CoreDumps {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    return { refused: false, reason: `it is not known how on ${process.platform}, ${process.arch}` };
  }
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const library = koffi.load(null);
    const long = 'uint64_t';
    const prctl = library.func('prctl', 'int', ['int', long, long, long, long]);
    const setrlimit = library.func('setrlimit', 'int', ['int', 'uint64_t *']);
    // Both the limit and the highest that it may be set to.
    const limit = (bytes: bigint): boolean =>
      Number(setrlimit(RLIMIT_CORE, new BigUint64Array([bytes, bytes]))) === 0;
    // Where somebody has set the highest to 0 already, nobody but root sets it to 1.
    const limited = limit(coreBytes) || limit(0n);
    const undumpable = Number(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) === 0;
    return limited && undumpable ? { refused: true } : { refused: false, reason: 'the system refused it' };
  } catch (error) {
    // koffi has no binary for this machine: whoever calls says so, and goes on as programs of this kind do elsewhere.
    return { refused: false, reason: (error as Error).message };
  }
}
