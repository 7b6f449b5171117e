import { TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Passkey } from '../../api/operations.ts';
import { thing } from '../../api/queries.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** Another name to know a passkey by. */
export function RenamePasskey({ passkey, close }: { readonly passkey: Passkey; readonly close: () => void }) {
  const client = useQueryClient();
  const found = useQuery(thing('getPasskey', { params: { id: passkey.id } }));
  const [name, setName] = useState(passkey.name);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error } = useAct();
  const submit = async (): Promise<void> => {
    const given = name.trim();
    setOwn(given === '' ? { name: 'It needs a name.' } : {});
    if (given === '' || busy) return;
    const etag = (found.data ?? (await found.refetch()).data)?.etag;
    const isDone = await act(async () => {
      await ask('renamePasskey', { params: { id: passkey.id }, body: { name: given }, ifMatch: etag });
      await client.invalidateQueries({ queryKey: ['listPasskeys'] });
      close();
      tell(`It is called ${given} now.`);
    });
    if (!isDone) await found.refetch();
  };
  return (
    <FormDialog
      opened
      close={close}
      title="Rename the passkey"
      submit={() => void submit()}
      giveUp={close}
      button="Rename it"
    >
      <TextInput
        label="Name, to know it by"
        autoComplete="off"
        maxLength={60}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={objectionsOf(error, own).name}
      />
      {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
    </FormDialog>
  );
}
