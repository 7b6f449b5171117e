import type { ProtectedSource } from '../../catalog/index.ts';
import { ApiError } from '../answers/problem.ts';

interface Given {
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly password?: string | undefined;
  readonly scratchPassword?: string | undefined;
}

const filesAlone = ['excludes', 'oneFileSystem', 'paths'];

/**
 * What a source of another kind would be given for is not taken in silence: whoever sends it believes that it does
 * something. Null takes away what is not there, and may.
 * @throws ApiError naming each such field
 */
export function refuseUnusedFields(
  kind: ProtectedSource['kind'],
  given: Given,
  scratchServer: string | undefined | null,
): void {
  const has = (name: string): boolean => given.options?.[name] !== undefined && given.options[name] !== null;
  const fields = (names: readonly string[], detail: string) => names.map((field) => ({ field, detail }));
  const isDatabase = kind === 'postgresql';
  const strange = [
    ...fields(
      kind === 'files' ? [] : filesAlone.filter(has).map((name) => `options.${name}`),
      'it is for files',
    ),
    ...fields(
      isDatabase
        ? []
        : [
            ...(has('scratchServer') ? ['options.scratchServer'] : []),
            ...(given.password === undefined ? [] : ['password']),
            ...(given.scratchPassword === undefined ? [] : ['scratchPassword']),
          ],
      'it is for PostgreSQL',
    ),
    ...fields(
      isDatabase && given.scratchPassword !== undefined && !scratchServer ? ['scratchPassword'] : [],
      'there is no options.scratchServer that it is for',
    ),
  ].map(({ field, detail }) => ({ field: `body.${field}`, detail }));
  if (strange.length === 0) return;
  const text = strange.map(({ field, detail }) => `${field}: ${detail}`).join('; ');
  throw new ApiError('api.invalid', text, {
    fields: strange,
    advice: `This source is of the kind ${kind}: leave out what it has no use for.`,
  });
}
