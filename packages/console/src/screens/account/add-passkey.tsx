import { Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { makePasskey } from '../../api/passkey.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** Has the browser make a passkey, under a name to know it by. */
export function AddPasskey({ proved, close }: { readonly proved: Proved; readonly close: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [objection, setObjection] = useState<string>();
  const { act, busy, error } = useAct();
  const submit = async (): Promise<void> => {
    const given = name.trim();
    setObjection(given === '' ? 'It needs a name.' : undefined);
    if (given === '' || busy) return;
    await act(async () => {
      const { options } = (await proved(() => ask('beginPasskey', {}))).data;
      const answer = await makePasskey(options);
      await proved(() => ask('addPasskey', { body: { name: given, answer } }));
      await client.invalidateQueries({ queryKey: ['listPasskeys'] });
      close();
      tell(`${given} signs you in from now on.`);
    });
  };
  return (
    <FormDialog
      opened
      close={close}
      title="Add a passkey"
      submit={() => void submit()}
      giveUp={close}
      button="Make the passkey"
    >
      <Text size="sm">
        Your browser asks which device shall keep it, and has you unlock it there by a finger or a PIN.
      </Text>
      <TextInput
        label="Name, to know it by"
        placeholder="The blue stick"
        autoComplete="off"
        maxLength={60}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={objection}
      />
      {error === null ? null : <ProblemNotice error={error} />}
    </FormDialog>
  );
}
