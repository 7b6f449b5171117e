import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { clientTypesFile, clientTypesText } from './client-types-file.ts';

describe('the types of the console', () => {
  it('are what the API tells of itself', async () => {
    const written = await readFile(clientTypesFile, 'utf8');
    const message = 'run `node packages/server/src/api/document/write-client-types.ts`';
    assert.equal(written === (await clientTypesText()), true, message);
  });
});
