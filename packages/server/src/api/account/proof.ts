import { type Accounts, codeKind, refusalWords } from '../../accounts/index.ts';
import { InvalidError } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { personOf } from '../requests/caller.ts';
import { partyOf, requireParty } from './party.ts';
import { passkeyAnswerShape, passkeyQuestionShape, proofShape, proofStateShape } from './shapes.ts';
import { tooManyAttempts } from './too-many-attempts.ts';

const own = { tag: 'Own account', permission: undefined, inPerson: 'signed-in' } as const;
const path = '/account/proof';

/** Showing once more who one is, before what is dangerous: it is refused without, as `server.proof-needed`. */
export function addProof(
  operations: Operations,
  { accounts, url }: { readonly accounts: Accounts; readonly url: string },
): void {
  operations.add(
    {
      ...own,
      id: 'getProofState',
      method: 'get',
      path,
      summary: 'Whether the session showed a moment ago who it is of, and by what it does',
      answer: { status: 200, description: 'The state', shape: proofStateShape },
    },
    async ({ context, caller }) => {
      const { session } = personOf(caller);
      const passkey =
        partyOf(context, url) !== undefined && (await accounts.passkeys.list(session.user.id)).length > 0;
      const body = {
        kind: await accounts.proofs.kind(session),
        fresh: accounts.proofs.isFresh(session),
        passkey,
      };
      return { status: 200, body };
    },
  );
  operations.add(
    {
      ...own,
      id: 'giveProof',
      method: 'post',
      path,
      summary: 'Show who asks, by the password, or by a code where there is a second factor',
      body: proofShape,
      answer: { status: 204, description: 'It is the same person' },
    },
    async ({ caller, body: { given } }) => {
      const { session, visit } = personOf(caller);
      const kind = await accounts.proofs.kind(session);
      const outcome = await accounts.proofs.give(session, given, visit);
      if (outcome === 'limited') throw tooManyAttempts();
      if (outcome !== 'right')
        throw new InvalidError('given', refusalWords(outcome, kind === 'code' ? codeKind(given) : kind));
      return { status: 204 };
    },
  );
  operations.add(
    {
      ...own,
      id: 'beginPasskeyProof',
      method: 'post',
      path: `${path}/passkey-options`,
      summary: 'Ask for what a browser shows a passkey for',
      answer: { status: 200, description: 'The question to the browser', shape: passkeyQuestionShape },
    },
    async ({ context, caller }) => {
      const { session } = personOf(caller);
      const options = await accounts.passkeys.requestOptions(requireParty(context, url), session);
      return { status: 200, body: { options: JSON.parse(options) } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'givePasskeyProof',
      method: 'post',
      path: `${path}/passkey`,
      summary: 'Show who asks, by a passkey; it serves whatever else there is',
      body: passkeyAnswerShape,
      answer: { status: 204, description: 'It is the same person' },
    },
    async ({ context, caller, body: { answer } }) => {
      const { session, visit } = personOf(caller);
      const party = requireParty(context, url);
      const outcome = await accounts.proofs.giveByPasskey(session, JSON.stringify(answer), party, visit);
      if (outcome === 'limited') throw tooManyAttempts();
      if (outcome !== 'right')
        throw new InvalidError('answer', 'this passkey is none of yours, or took too long');
      return { status: 204 };
    },
  );
}
