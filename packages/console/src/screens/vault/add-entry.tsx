import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { newKey } from '../../api/changes.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import {
  type EntryFields,
  newEntry,
  secretOfEntry,
  VaultEntryForm,
} from '../../parts/forms/vault-entry-form.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { vaultLists } from '../../parts/words/vault-words.ts';

/** Takes a secret of who is signed in, who is its owner from then on. */
export function AddEntry({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft<EntryFields>('new vault entry', newEntry, secretOfEntry);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState(newKey);
  const { act, busy, error, reset } = useAct();
  const finish = () => {
    draft.drop();
    reset();
    setKey(newKey());
    close();
  };
  const submit = async (): Promise<void> => {
    const { name, kind, login, customer, serviceId, secret } = draft.fields;
    const objections = {
      ...(name.trim() === '' ? { name: 'It needs a name.' } : {}),
      ...(secret === '' ? { secret: 'It needs a secret.' } : {}),
    };
    setOwn(objections);
    if (Object.keys(objections).length > 0 || busy) return;
    const body = {
      ...{ name: name.trim(), kind, secret },
      ...(login.trim() === '' ? {} : { login }),
      ...(customer.trim() === '' ? {} : { customer }),
      ...(serviceId === '' ? {} : { serviceId }),
    };
    const isDone = await act(async () => {
      const { data } = await ask('addVaultEntry', { body, idempotencyKey: key });
      finish();
      tell(`${data.name} is sealed.`);
      await navigate({ to: '/vault/$entry', params: { entry: data.id } });
    });
    if (!isDone) setKey(newKey());
    for (const list of vaultLists) void client.invalidateQueries({ queryKey: [list] });
  };
  return (
    <FormDialog
      opened={opened}
      close={close}
      title="Keep a secret"
      submit={() => void submit()}
      giveUp={finish}
      button="Seal it"
    >
      <VaultEntryForm draft={draft} errors={objectionsOf(error, own)} isNew />
      {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
    </FormDialog>
  );
}
