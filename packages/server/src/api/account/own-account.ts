import type { Accounts, ApiKeys } from '../../accounts/index.ts';
import type { Operations } from '../operations.ts';
import { addAccount } from './account.ts';
import { addApiKeys } from './api-keys.ts';
import { addPasskeys } from './passkeys.ts';
import { addProof } from './proof.ts';
import { addSecondFactor } from './second-factor.ts';

/** Everything about the own account, for somebody who is signed in: no key reaches it. */
export function addOwnAccount(
  operations: Operations,
  rooms: { readonly accounts: Accounts; readonly keys: ApiKeys; readonly url: string },
): void {
  addAccount(operations, rooms);
  addSecondFactor(operations, rooms);
  addPasskeys(operations, rooms);
  addApiKeys(operations, rooms);
  addProof(operations, rooms);
}
