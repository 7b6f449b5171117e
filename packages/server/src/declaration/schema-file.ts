import { configurationSchema } from './json-schema.ts';

/** The copy for editors. */
export const schemaFile = new URL('../../../../docs/octobox.schema.json', import.meta.url);

export const schemaText = (): string => `${JSON.stringify(configurationSchema(), null, 2)}\n`;
