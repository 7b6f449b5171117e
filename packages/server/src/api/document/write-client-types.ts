/** Writes what the console knows of the API: `node packages/server/src/api/document/write-client-types.ts`. */
import { writeFile } from 'node:fs/promises';
import { clientTypesFile, clientTypesText } from './client-types-file.ts';

await writeFile(clientTypesFile, await clientTypesText());
