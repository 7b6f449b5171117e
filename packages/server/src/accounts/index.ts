export { accountPages } from './account-pages.ts';
export { Accounts, type AccountsOptions } from './accounts.ts';
export { accounts as accountsMigration } from './migrations/0013-accounts.ts';
