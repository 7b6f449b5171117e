import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ASSEMBLY_SOURCES, compileAssembly, compiledFile } from './compile-assembly.ts';

describe('the WebAssembly of the engine', () => {
  for (const source of ASSEMBLY_SOURCES)
    it(`in ${source.room}/${source.name}.wasm is what its sources compile to`, async () => {
      assert.ok(
        readFileSync(compiledFile(source)).equals(await compileAssembly(source)),
        'it is stale: run node packages/repository/src/testing/compile-assembly.ts',
      );
    });
});
