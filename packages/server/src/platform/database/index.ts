export { Database, type Reader, type Writer } from './database.ts';
export type { Migration } from './migration.ts';
export { openDatabase } from './open-database.ts';
export { Prepared } from './prepared.ts';
export type { SchemaDialect } from './schema-dialect.ts';
export type { DatabaseSettings, PostgresqlSettings, SqliteSettings } from './settings.ts';
export type { Tables } from './tables.ts';
