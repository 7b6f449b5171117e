/**
 * Compiles chunker/assembly/rabin.ts: `node packages/repository/src/testing/compile-chunker.ts` writes rabin.wasm.
 * The result is committed, and a test proves that it is what the source compiles to.
 */
import { writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

export async function compileRabin(): Promise<Uint8Array> {
  const source = new URL('../chunker/assembly/', import.meta.url).pathname;
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'rabin.ts',
      '--baseDir',
      source,
      '--outFile',
      'rabin.wasm',
      '--runtime',
      'stub',
      '--noAssert',
      '-O3',
      '--converge',
    ],
    {
      writeFile(name, contents) {
        if (name === 'rabin.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`the chunker does not compile: ${stderr.toString()}`, { cause: error });
  return binary;
}

if (import.meta.main) writeFileSync(new URL('../chunker/rabin.wasm', import.meta.url), await compileRabin());
