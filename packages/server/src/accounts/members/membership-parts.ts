import type { Access } from '../../access/index.ts';
import type { AuditLog } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import type { Clock, Database } from '../../platform/index.ts';
import type { Accounts } from '../accounts.ts';
import type { AccountEngine } from '../engine/account-engine.ts';

/** What is needed to make somebody a member, or to change or end that. */
export interface MembershipParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly access: Access;
  readonly accounts: Accounts;
  readonly engine: AccountEngine;
  readonly identity: IdentitySeals;
}
