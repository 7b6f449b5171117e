import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Chunk {
  readonly code: string;
  readonly imports: readonly string[];
}

/**
 * Fails the build when the script of the first screen, shell and all, is larger than `most` bytes as gzip sends it:
 * the entry, `screen` (the end of its module's path), and all that they import before they start.
 */
export const firstScreen = ({ screen, most }: { screen: string; most: number }): Plugin => ({
  name: 'first-screen',
  generateBundle(_, bundle) {
    const chunks = new Map<string, Chunk>();
    const begin: string[] = [];
    for (const [name, output] of Object.entries(bundle)) {
      if (output.type !== 'chunk') continue;
      chunks.set(name, output);
      if (output.isEntry || output.facadeModuleId?.endsWith(screen) === true) begin.push(name);
    }
    if (begin.length < 2) this.error(`no chunk begins with ${screen}`);
    const needed = new Set(begin);
    for (const name of needed) for (const each of chunks.get(name)?.imports ?? []) needed.add(each);
    const sizes = [...needed].map((name) => gzipSync(chunks.get(name)?.code ?? '').length);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    const words = `the first screen has ${(size / 1000).toFixed(1)} kB of compressed script`;
    if (size > most) this.error(`${words}, more than ${most / 1000}`);
    this.info(words);
  },
});
