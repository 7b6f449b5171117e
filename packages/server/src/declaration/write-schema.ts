/** Writes docs/octobox.schema.json: `node packages/server/src/declaration/write-schema.ts`. */
import { writeFile } from 'node:fs/promises';
import { schemaFile, schemaText } from './schema-file.ts';

await writeFile(schemaFile, schemaText());
