export { type Evidence, plainSentence, type Sentence } from './evidence.ts';
export { promises as promisesMigration } from './migrations/0008-promises.ts';
export { historyNotReplaced as historyNotReplacedMigration } from './migrations/0016-history-not-replaced.ts';
export { type KeptPromise, type PromiseChange, subjectOf, type TrustFact } from './promise.ts';
export { PromiseRegister } from './promise-register.ts';
export type { PromiseKind, PromiseState } from './schema.ts';
