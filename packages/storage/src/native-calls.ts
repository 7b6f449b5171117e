/**
 * Calls of functions of the C libraries that this process has loaded, Node's own among them, by koffi. The binary that
 * it ships for this machine is taken as it is: its package would search for it, which takes every thread 8 ms and 4 MB.
 */
import { createRequire } from 'node:module';

export type Koffi = typeof import('koffi');

let loaded: Koffi | null | undefined;

/** Undefined where koffi has no binary for this machine. */
export function nativeCalls(): Koffi | undefined {
  if (loaded === undefined) loaded = load();
  return loaded ?? undefined;
}

function load(): Koffi | null {
  const require = createRequire(import.meta.url);
  const { platform, arch } = process;
  try {
    return require(`@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`);
  } catch {
    // Another C library, or another form of the package: it knows where to look.
  }
  try {
    return require('koffi');
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}
