/** scryptROMix (RFC 7914, section 5) in WebAssembly (assembly), on this thread. */
import { readFileSync } from 'node:fs';

interface RomixExports {
  readonly memory: WebAssembly.Memory;
  mixOne(block: number, table: number, n: number, size: number): void;
  mixTwo(block: number, table: number, n: number, size: number): void;
}

/** What AssemblyScript leaves at the beginning. */
const BASE = 1024;
const PAGE = 65536;

/** Throws `WebAssembly.CompileError` on a processor without vectors. */
export const compileRomix = (): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL('./romix.wasm', import.meta.url)));

/**
 * Mixes each of the p blocks of 128 r bytes in place, one or two at each step.
 * @param N a power of two, at least 2; takes 128 N r bytes of memory, whatever p is
 */
export function* mixBlocks(
  module: WebAssembly.Module,
  blocks: Uint8Array,
  N: number,
  r: number,
): Generator<void, void, void> {
  const size = 128 * r;
  const table = BASE + 6 * size;
  const romix = new WebAssembly.Instance(module, {}).exports as unknown as RomixExports;
  romix.memory.grow(Math.ceil((table + N * size) / PAGE));
  const memory = new Uint8Array(romix.memory.buffer);
  const second = BASE + 3 * size;
  for (let at = 0; at < blocks.length; ) {
    const isPair = at + size < blocks.length;
    const places = isPair ? [BASE, second] : [BASE];
    for (const [i, place] of places.entries())
      reorder(blocks, at + i * size, memory, place, size, (word) => (word * 5) % 16);
    if (isPair) romix.mixTwo(BASE, table, N, size);
    else romix.mixOne(BASE, table, N, size);
    // 13 is the inverse of 5 modulo 16.
    for (const [i, place] of places.entries())
      reorder(memory, place, blocks, at + i * size, size, (word) => (word * 13) % 16);
    at += places.length * size;
    yield;
  }
  memory.fill(0);
}

/** Copies `size` bytes; at word i of each 64 goes the one at `source(i)`. */
function reorder(
  from: Uint8Array,
  fromAt: number,
  to: Uint8Array,
  toAt: number,
  size: number,
  source: (word: number) => number,
): void {
  for (let at = 0; at < size; at += 4) {
    const taken = (at & ~63) + 4 * source((at & 63) >> 2);
    for (let byte = 0; byte < 4; byte++) to[toAt + at + byte] = from[fromAt + taken + byte] as number;
  }
}
