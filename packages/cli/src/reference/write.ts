/** Writes docs/cli.md and docs/restic-compatibility.md: `node packages/cli/src/reference/write.ts`. */
import { writeFile } from 'node:fs/promises';
import { compatibilityFile, currentCompatibility, currentReference, referenceFile } from './reference.ts';

await writeFile(referenceFile, await currentReference());
await writeFile(compatibilityFile, await currentCompatibility());
