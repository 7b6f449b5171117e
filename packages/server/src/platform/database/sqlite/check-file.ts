/** A program of its own: says of the database file that it is given what is damaged, or "ok". */
import { DatabaseSync } from 'node:sqlite';
import { quickCheck } from './quick-check.ts';

const [, , file = ''] = process.argv;
console.log(quickCheck(new DatabaseSync(file, { readOnly: true, timeout: 15_000 })));
