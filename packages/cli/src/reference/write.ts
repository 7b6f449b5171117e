/** Writes docs/cli.md: `node packages/cli/src/reference/write.ts`. */
import { writeFile } from 'node:fs/promises';
import { currentReference, referenceFile } from './reference.ts';

await writeFile(referenceFile, await currentReference());
