/**
 * Compiles what is in `assembly/` folders: `node packages/repository/src/testing/compile-assembly.ts` writes the .wasm
 * files beside them. They are committed, and tests prove that they are what the sources compile to.
 */
import { writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

interface AssemblySource {
  /** Of the engine. */
  readonly room: string;
  readonly name: string;
  readonly features: readonly string[];
}

export const ASSEMBLY_SOURCES: readonly AssemblySource[] = [
  { room: 'chunker', name: 'rabin', features: [] },
  { room: 'chunker', name: 'rabin-vectors', features: ['simd', 'relaxed-simd'] },
  { room: 'scrypt', name: 'romix', features: ['simd'] },
];

export const compiledFile = ({ room, name }: AssemblySource): URL =>
  new URL(`../${room}/${name}.wasm`, import.meta.url);

export async function compileAssembly({ room, name, features }: AssemblySource): Promise<Uint8Array> {
  const source = new URL(`../${room}/assembly/`, import.meta.url).pathname;
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
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
    {
      writeFile(file, contents) {
        if (file === 'out.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`${room}/assembly/${name}.ts does not compile: ${stderr.toString()}`, { cause: error });
  return binary;
}

if (import.meta.main)
  for (const source of ASSEMBLY_SOURCES) writeFileSync(compiledFile(source), await compileAssembly(source));
