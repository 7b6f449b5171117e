import type { Context } from 'hono';
import { type RelyingParty, relyingPartyOf } from '../../accounts/index.ts';
import { InvalidError, ownAddress } from '../../platform/index.ts';

/** For whom a passkey is good that is shown to who asks; undefined where there are none. */
export const partyOf = (context: Context, url: string): RelyingParty | undefined =>
  relyingPartyOf(ownAddress(context, url));

/** @throws InvalidError where the console is open under an address */
export function requireParty(context: Context, url: string): RelyingParty {
  const party = partyOf(context, url);
  if (party !== undefined) return party;
  throw new InvalidError(
    'answer',
    'a passkey is bound to a name, and this console is open under an address',
    {
      advice: 'Open it under its name, or as localhost.',
    },
  );
}
