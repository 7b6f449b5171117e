import type { AuditLog, Origin } from '../audit/index.ts';
import type { RotationOptions } from '../vault/index.ts';

/** Each step of a rotation of the vault's key is entered in the audit log, as the act of whoever began it. */
export function recordedRotation(
  audit: AuditLog,
  origin: Origin | undefined,
): Pick<RotationOptions, 'record'> {
  if (origin === undefined) return {};
  return {
    record: async (transaction, { what, before, after, keyLost }) => {
      const action = `vault-key.rotation-${what}`;
      await audit.append(transaction, {
        ...{ action, origin, subject: `vault-key:${after}` },
        ...(before === undefined ? {} : { before: { key: before } }),
        after: { key: after, ...(keyLost ? { keyLost } : {}) },
      });
    },
  };
}
