import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { softwareAuthenticator } from '../../testing/temporary-authenticator.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage, password } from '../console-stage.ts';
import { relyingPartyOf } from '../passkeys/relying-party.ts';

onEachDatabase((databases) => {
  describe('guesses from one address', () => {
    it('are as many, however often somebody signs in with a passkey in between', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      const party = relyingPartyOf('http://localhost:8421') ?? assert.fail();
      const visit = { cookie: who.cookie, address: '192.0.2.9', userAgent: undefined };
      const session = (await s.accounts.session(visit)) ?? assert.fail();
      const stick = softwareAuthenticator(party.origin);
      const { passkeys } = s.accounts;
      const made = stick.create(JSON.parse(await passkeys.creationOptions(session, party)));
      assert.equal(
        await passkeys.add(session, { name: 'Stick', answer: JSON.stringify(made) }, party, visit),
        'added',
      );
      const guess = async () =>
        (await s.accounts.signIn({ email: `x${Math.random()}@example.com`, password: 'no' }, visit)).kind;
      const byPasskey = async () => {
        const answer = stick.get(JSON.parse(await passkeys.requestOptions(party)));
        return (await s.accounts.signInWithPasskey(JSON.stringify(answer), party, visit)).kind;
      };
      for (let i = 0; i < 19; i++) {
        assert.equal(await guess(), 'refused');
        assert.equal(await byPasskey(), 'signed-in');
      }
      assert.equal(await guess(), 'refused');
      assert.equal(await guess(), 'limited');
    });

    it('are as many, however often somebody signs in with a password in between', async () => {
      await using s = await consoleStage(databases);
      await s.setUp();
      const visit = { cookie: undefined, address: '192.0.2.9', userAgent: undefined };
      const guess = async (email: string, word: string) =>
        (await s.accounts.signIn({ email, password: word }, visit)).kind;
      for (let i = 0; i < 19; i++) {
        assert.equal(await guess(`x${i}@example.com`, 'no'), 'refused');
        assert.equal(await guess(ada.email, password), 'signed-in');
      }
      assert.equal(await guess('x@example.com', 'no'), 'refused');
      assert.equal(await guess('y@example.com', 'no'), 'limited');
    });
  });
});
