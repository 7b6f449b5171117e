import { type Accounts, drawQrCode, refusalWords } from '../../accounts/index.ts';
import { InvalidError, NotFoundError } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { personOf } from '../requests/caller.ts';
import { appCodeShape, enrolmentShape, passwordShape, recoveryCodesShape } from './shapes.ts';
import { tooManyAttempts } from './too-many-attempts.ts';

const own = { tag: 'Own account', permission: undefined, inPerson: 'proof' } as const;
const path = '/account/second-factor';

/** An authenticator app and recovery codes for the own account. */
export function addSecondFactor(operations: Operations, { accounts }: { readonly accounts: Accounts }): void {
  operations.add(
    {
      ...own,
      id: 'beginSecondFactor',
      method: 'post',
      path: `${path}/enrolment`,
      summary: 'Make a secret for an authenticator app',
      description:
        'It waits for a code of the app; nothing else changes until then. One that waited before is void.',
      answer: { status: 201, description: 'What to tell the app', shape: enrolmentShape },
    },
    async ({ caller }) => {
      const { session } = personOf(caller);
      await accounts.secondFactor.begin(session);
      const enrolment = await accounts.secondFactor.enrolment(session);
      // Another browser of the same person may have given a code meanwhile.
      if (enrolment === undefined) throw new NotFoundError('secret that waits for a code');
      return { status: 201, body: { ...enrolment, qrCode: await drawQrCode(enrolment.uri) } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'confirmSecondFactor',
      method: 'post',
      path: `${path}/confirm`,
      summary: 'Turn the second factor on, with the code that the app shows now',
      description: 'All other sessions end, and recovery codes from before are void.',
      body: appCodeShape,
      answer: { status: 200, description: 'It is on', shape: recoveryCodesShape },
    },
    async ({ caller, body: { code } }) => {
      const { session, visit } = personOf(caller);
      const outcome = await accounts.secondFactor.confirm(session, code, visit);
      if (outcome.kind === 'wrong') throw new InvalidError('code', refusalWords('wrong', 'code'));
      if (outcome.kind !== 'done') throw new NotFoundError('secret that waits for a code');
      return { status: 200, body: { recoveryCodes: outcome.codes } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'renewRecoveryCodes',
      method: 'post',
      path: `${path}/recovery-codes`,
      summary: 'Make new recovery codes; those before are void',
      answer: { status: 200, description: 'The codes', shape: recoveryCodesShape },
    },
    async ({ caller }) => {
      const { session, visit } = personOf(caller);
      const recoveryCodes = await accounts.secondFactor.renewCodes(session, visit);
      if (recoveryCodes === undefined) throw new NotFoundError('second factor');
      return { status: 200, body: { recoveryCodes } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'endSecondFactor',
      method: 'post',
      path: `${path}/end`,
      summary:
        'Turn the second factor off: signing in asks for the password alone, which must be long enough',
      body: passwordShape,
      answer: { status: 204, description: 'It is off' },
    },
    async ({ caller, body: { password } }) => {
      const { session, visit } = personOf(caller);
      const outcome = await accounts.endSecondFactor(session, password, visit);
      if (outcome.kind === 'limited') throw tooManyAttempts();
      if (outcome.kind === 'refused') throw new InvalidError('password', 'this is not the present password');
      if (outcome.kind === 'objection')
        throw new InvalidError(
          'password',
          `${outcome.objection} Change the password first: it is to be enough alone.`,
        );
      return { status: 204 };
    },
  );
}
