export { AccountEngine } from './account-engine.ts';
export { accountPages } from './account-pages.ts';
export { Accounts, type AccountsOptions } from './accounts.ts';
export { Members } from './members.ts';
export { accounts as accountsMigration } from './migrations/0013-accounts.ts';
export { secondFactor as secondFactorMigration } from './migrations/0019-second-factor.ts';
export { PasswordReset } from './password-reset.ts';
export { dropLostFactors } from './second-factor/secret-name.ts';
export { dropLostSecret } from './signing-secret.ts';
