export type { Migration } from './migration.ts';
export { Database, openDatabase, type Reader, type Writer } from './open-database.ts';
export type { Tables } from './tables.ts';
