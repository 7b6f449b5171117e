export { AccountVerbs } from './account-verbs.ts';
export { MailVerbs } from './mail-verbs.ts';
export { RepositoryVerbs } from './repository-verbs.ts';
export { RunNow } from './run-now.ts';
export { SourceVerbs } from './source-verbs.ts';
export { VaultVerbs } from './vault-verbs.ts';
