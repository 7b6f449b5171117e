/** A statement that takes longer has lost its database: the network swallows what is sent. */
export const answerMilliseconds = 20_000;

/** PostgreSQL has no place for a NUL in a text; a program's output may hold one. */
export const storable = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
