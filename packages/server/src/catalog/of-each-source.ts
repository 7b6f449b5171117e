import { expressionBuilder, type SelectQueryBuilder } from 'kysely';
import type { Tables } from '../platform/index.ts';

/** Chooses one row of a source, by its id: newest first, with a limit of one. */
export type OneOfSource = (
  source: ReturnType<typeof expressionBuilder<Tables, 'sources'>>,
) => Pick<SelectQueryBuilder<Tables, 'sources', { id: number }>, 'as'>;

/**
 * For `where('id', 'in', …)`: of each source the row that `one` chooses, in one statement. Each is found along an index; ranking all
 * rows of all sources would read them all.
 */
export const ofEachSource = (sourceIds: readonly string[], one: OneOfSource) =>
  expressionBuilder<Tables>()
    .selectFrom('sources')
    .where('sources.id', 'in', [...sourceIds])
    .select((source) => one(source).as('id'));
