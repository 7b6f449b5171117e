import type { Reader, Writer } from '../platform/index.ts';
import type { BookFacts, BookRow, BookSeal } from './book-seal.ts';

/** Appends in the transaction of what it tells of; gives the number. */
export async function appendToBook(
  transaction: Writer,
  seal: BookSeal,
  facts: Omit<BookFacts, 'number'>,
): Promise<number> {
  const last = await transaction
    .selectFrom('vault_book')
    .select(['number', 'seal'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const whole = { ...facts, number: (last?.number ?? 0) + 1 };
  await transaction
    .insertInto('vault_book')
    .values({ ...whole, sealed_by: seal.id, seal: seal.of(last?.seal ?? '', whole) })
    .execute();
  return whole.number;
}

export async function bookRow(reader: Reader, number: number): Promise<BookRow | undefined> {
  return await reader.selectFrom('vault_book').selectAll().where('number', '=', number).executeTakeFirst();
}

/** Whether an entry of the book is as it was written, behind the one that it was written behind. */
export async function isAsWritten(reader: Reader, seal: BookSeal, row: BookRow): Promise<boolean> {
  const before = row.number === 1 ? undefined : await bookRow(reader, row.number - 1);
  return seal.isRight(before?.seal ?? '', row);
}

/** Without what only some kinds of entries have. */
export const noMore = {
  grant_number: null,
  reason: null,
  starts_at: null,
  ends_at: null,
  most_openings: null,
  address: null,
} as const;
