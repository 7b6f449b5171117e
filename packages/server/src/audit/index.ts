export { type Actor, type AuditEntry, AuditLog, type AuditRecord, type Origin } from './audit-log.ts';
export { csvHead, csvLine } from './csv.ts';
export { audit as auditMigration } from './migrations/0012-audit.ts';
