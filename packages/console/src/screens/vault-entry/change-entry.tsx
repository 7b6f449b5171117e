import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { VaultEntry } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { type EntryFields, secretOfEntry, VaultEntryForm } from '../../parts/forms/vault-entry-form.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** What is said of an entry, and a new secret in place of the one that is there. */
export function ChangeEntry(props: {
  readonly entry: VaultEntry;
  readonly etag: string | undefined;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { entry, etag, opened, close } = props;
  const client = useQueryClient();
  const { login = '', customer = '', serviceId = '' } = entry;
  const current: EntryFields = { name: entry.name, kind: entry.kind, login, customer, serviceId, secret: '' };
  const draft = useDraft<EntryFields>(`vault entry ${entry.id}`, current, secretOfEntry);
  const { act, busy, error, reset } = useAct();
  const finish = () => {
    draft.drop();
    reset();
    close();
  };
  const submit = async (): Promise<void> => {
    const { edits } = draft;
    const text = (value: string | undefined) => (value === undefined ? undefined : value.trim() || null);
    const body = {
      kind: edits.kind,
      login: text(edits.login),
      customer: text(edits.customer),
      serviceId: text(edits.serviceId),
      secret: edits.secret === '' ? undefined : edits.secret,
    };
    if (Object.values(body).every((value) => value === undefined)) return finish();
    if (busy) return;
    await act(async () => {
      await ask('changeVaultEntry', { params: { id: entry.id }, body, ifMatch: etag });
      finish();
      tell(`${entry.name} is changed.`);
    });
    for (const list of ['getVaultEntry', 'listVaultEntries']) {
      void client.invalidateQueries({ queryKey: [list] });
    }
  };
  return (
    <FormDialog
      opened={opened}
      close={close}
      title={`Change ${entry.name}`}
      submit={() => void submit()}
      giveUp={finish}
      button="Save it"
    >
      <VaultEntryForm draft={draft} errors={objectionsOf(error, {})} isNew={false} />
      {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
    </FormDialog>
  );
}
