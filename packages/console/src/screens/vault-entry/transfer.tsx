import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/caller.ts';
import { operations, type VaultEntry } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';
import { vaultLists } from '../../parts/words/vault-words.ts';

const nobody = { ownerId: '', reason: '', name: '' };

/** Another owner: who and why, then the plan, then it is theirs. */
export function Transfer(props: {
  readonly entry: VaultEntry;
  readonly etag: string | undefined;
  readonly owned: boolean;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { entry, etag, owned, opened, close } = props;
  const client = useQueryClient();
  const may = useMay();
  const draft = useDraft(`owner of ${entry.id}`, nobody);
  const { fields, set } = draft;
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [planning, setPlanning] = useState(false);
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const members = useQuery({
    ...whole('listMembers', {}),
    enabled: opened && may('members.read'),
  });
  const able: readonly string[] = operations.addVaultEntry.roles;
  const persons = (members.data?.items ?? []).filter(
    ({ id, role }) => id !== entry.owner.id && able.includes(role),
  );
  const finish = () => {
    draft.drop();
    setPlanning(false);
    reset();
    close();
  };
  const submit = () => {
    const objections = {
      ...(fields.ownerId === '' ? { ownerId: 'Choose a person.' } : {}),
      ...(fields.reason.trim() === '' ? { reason: 'Say why: it stays in the audit log.' } : {}),
    };
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    reset();
    setPlanning(true);
  };
  const person = persons.find(({ id }) => id === fields.ownerId)?.name ?? '';
  const name = fields.name.trim();
  const carryOut = async (): Promise<void> => {
    const body = { ownerId: fields.ownerId, reason: fields.reason.trim(), ...(name === '' ? {} : { name }) };
    await act(async () => {
      await proved(() => ask('transferVaultEntry', { params: { id: entry.id }, body, ifMatch: etag }));
      tell(`${entry.name} is ${person}'s now.`);
      finish();
    });
    for (const list of vaultLists) void client.invalidateQueries({ queryKey: [list] });
  };
  const found = objectionsOf(error, own);
  return (
    <>
      <FormDialog
        opened={opened && (!planning || isAboutFields(error))}
        close={close}
        title={`Another owner for ${entry.name}`}
        submit={submit}
        giveUp={finish}
        button="Show the plan"
      >
        <NativeSelect
          label="New owner"
          description={
            members.data !== undefined && persons.length === 0
              ? 'No other member has a role that keeps credentials.'
              : 'Opens it, shares it and changes it from then on'
          }
          data={[{ value: '', label: '' }, ...persons.map(({ id, name }) => ({ value: id, label: name }))]}
          value={fields.ownerId}
          onChange={({ currentTarget }) => set('ownerId', currentTarget.value)}
          error={found.ownerId}
        />
        <TextInput
          label="Reason"
          value={fields.reason}
          maxLength={500}
          onChange={({ currentTarget }) => set('reason', currentTarget.value)}
          error={found.reason}
        />
        <TextInput
          label="Another name"
          description="Where the new owner has an entry of this name already; empty: as it is"
          value={fields.name}
          maxLength={200}
          onChange={({ currentTarget }) => set('name', currentTarget.value)}
          error={found.name}
        />
      </FormDialog>
      <PlanDialog
        opened={opened && planning && !isAboutFields(error)}
        close={() => setPlanning(false)}
        title={`Another owner for ${entry.name}`}
        steps={[
          { what: 'added', text: `${person} is its owner, and may open it without being asked why` },
          { what: 'removed', text: 'Every grant of it that runs' },
          ...(owned ? [{ what: 'removed' as const, text: 'Your own right to open it' }] : []),
          { what: 'stays', text: 'The secret, sealed for its new owner; whoever has read it knows it' },
          {
            what: 'stays',
            text: 'The book of who opened it, and in the audit log who gave it away, and why',
          },
        ]}
        confirm="Give it away"
        dangerous
        busy={busy}
        error={error}
        carryOut={() => void carryOut()}
      />
      {dialog}
    </>
  );
}
