export type { Letter } from './letter.ts';
export { MailError } from './mail-error.ts';
export { MailJob } from './mail-job.ts';
export { mail as mailMigration } from './migrations/0026-mail.ts';
export { type Mail, Outbox } from './outbox.ts';
export { readMailPassword } from './password.ts';
export type { MailState } from './schema.ts';
export { tryMail } from './trial.ts';
