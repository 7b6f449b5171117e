export { readChild, runChild } from '../process/child.ts';
export { startPostgres } from './postgres.ts';
export { createSampleDatabase } from './sample-database.ts';
