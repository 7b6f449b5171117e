import { PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Account } from '../../api/operations.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** The password alone signs in from then on: it is asked for, and must be long enough for that. */
export function EndFactor(props: {
  readonly account: Account;
  readonly proved: Proved;
  readonly close: () => void;
}) {
  const { account, proved, close } = props;
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error } = useAct();
  const end = async (): Promise<void> => {
    setOwn(password === '' ? { password: 'Give the password.' } : {});
    if (password === '' || busy) return;
    await act(async () => {
      await proved(() => ask('endSecondFactor', { body: { password } }));
      for (const list of ['getAccount', 'listMembers']) await client.invalidateQueries({ queryKey: [list] });
      close();
      tell('The second factor is off.');
    });
  };
  return (
    <PlanDialog
      opened
      close={close}
      title="Turn the second factor off?"
      steps={[
        { what: 'removed', text: 'The app and your recovery codes: none of their codes is good any more' },
        {
          what: 'changed',
          text: 'Signing in asks for the password alone, so it must have 15 characters or more',
        },
        { what: 'stays', text: 'Your passkeys, sessions and API keys' },
      ]}
      confirm="Turn it off"
      dangerous
      busy={busy}
      error={isAboutFields(error) ? null : error}
      carryOut={() => void end()}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void end();
        }}
      >
        <input type="email" autoComplete="username" value={account.email} readOnly hidden />
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          error={objectionsOf(error, own).password}
        />
        {/* Without one Enter would not send a form of two fields; the dialogue has the button that is seen. */}
        <button type="submit" hidden />
      </form>
    </PlanDialog>
  );
}
