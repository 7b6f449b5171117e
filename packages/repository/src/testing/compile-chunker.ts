/**
 * Compiles chunker/assembly: `node packages/repository/src/testing/compile-chunker.ts` writes the .wasm files beside it.
 * They are committed, and a test proves that they are what the sources compile to.
 */
import { writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

export const RABIN_SOURCES = ['rabin', 'rabin-vectors'] as const;

export async function compileRabin(name: (typeof RABIN_SOURCES)[number]): Promise<Uint8Array> {
  const source = new URL('../chunker/assembly/', import.meta.url).pathname;
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
      '--baseDir',
      source,
      '--outFile',
      'out.wasm',
      '--runtime',
      'stub',
      '--noAssert',
      '-O3',
      '--converge',
      ...(name === 'rabin' ? [] : ['--enable', 'simd', '--enable', 'relaxed-simd']),
    ],
    {
      writeFile(file, contents) {
        if (file === 'out.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`the chunker does not compile: ${stderr.toString()}`, { cause: error });
  return binary;
}

if (import.meta.main)
  for (const name of RABIN_SOURCES)
    writeFileSync(new URL(`../chunker/${name}.wasm`, import.meta.url), await compileRabin(name));
