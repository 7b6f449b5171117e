export { type Actor, type AuditEntry, AuditLog, type AuditRecord, type Origin } from './audit-log.ts';
export { csvHead, csvLine } from './csv.ts';
export { type AuditFilter, readAuditFilter } from './filter.ts';
export { audit as auditMigration } from './migrations/0012-audit.ts';
export { auditRetention as auditRetentionMigration } from './migrations/0031-audit-retention.ts';
export { RemovalCheck, type RemovalReport } from './removal-check.ts';
export { type AuditRemoval, AuditRetention, type AuditRetentionSettings } from './retention.ts';
