import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useCaller, useMay } from '../../api/caller.ts';
import { newKey } from '../../api/changes.ts';
import { operations, type VaultEntry } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';

const hour = 3_600;
const times = [
  { value: String(hour), label: 'An hour' },
  { value: String(8 * hour), label: '8 hours' },
  { value: String(24 * hour), label: 'A day' },
  { value: String(7 * 24 * hour), label: 'A week' },
  { value: String(30 * 24 * hour), label: '30 days' },
  { value: String(90 * 24 * hour), label: '90 days' },
];
const nobody = { personId: '', reason: '', seconds: String(8 * hour), most: '' };

/** The owner lets one member open it: who, why, how long, how often; then the plan, then the grant. */
export function Share(props: {
  readonly entry: VaultEntry;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { entry, opened, close } = props;
  const client = useQueryClient();
  const caller = useCaller();
  const may = useMay();
  const draft = useDraft(`share ${entry.id}`, nobody);
  const { fields, set } = draft;
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [planning, setPlanning] = useState(false);
  const [key, setKey] = useState(newKey);
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const members = useQuery({
    ...whole('listMembers', {}),
    enabled: opened && may('members.read'),
  });
  const able: readonly string[] = operations.openVaultEntry.roles;
  const persons = (members.data?.items ?? []).filter(
    ({ id, role }) => id !== caller?.userId && able.includes(role),
  );
  const finish = () => {
    draft.drop();
    setPlanning(false);
    reset();
    setKey(newKey());
    close();
  };
  const submit = () => {
    const objections = {
      ...(fields.personId === '' ? { personId: 'Choose a person.' } : {}),
      ...(fields.reason.trim() === '' ? { reason: 'Say why: it stays with the grant.' } : {}),
    };
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    reset();
    setPlanning(true);
  };
  const name = persons.find(({ id }) => id === fields.personId)?.name ?? '';
  const time = times.find(({ value }) => value === fields.seconds)?.label.toLowerCase() ?? '';
  const carryOut = async (): Promise<void> => {
    const body = {
      personId: fields.personId,
      reason: fields.reason.trim(),
      endsAt: new Date(Date.now() + Number(fields.seconds) * 1_000).toISOString(),
      ...(fields.most === '' ? {} : { mostOpenings: Number(fields.most) }),
    };
    const isDone = await act(async () => {
      await proved(() => ask('giveVaultGrant', { params: { id: entry.id }, body, idempotencyKey: key }));
      await client.invalidateQueries({ queryKey: ['listVaultGrants'] });
      tell(`${name} may open ${entry.name} for ${time}.`);
      finish();
    });
    if (!isDone) setKey(newKey());
  };
  const { personId, reason, endsAt, mostOpenings } = objectionsOf(error, own);
  return (
    <>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title={`Share ${entry.name}`}
        submit={submit}
        giveUp={finish}
        button="Show the plan"
      >
        <NativeSelect
          label="With whom"
          description={
            members.data !== undefined && persons.length === 0
              ? 'No other member has a role that may open what is shared.'
              : 'One person; never a group'
          }
          data={[{ value: '', label: '' }, ...persons.map(({ id, name }) => ({ value: id, label: name }))]}
          value={fields.personId}
          onChange={({ currentTarget }) => set('personId', currentTarget.value)}
          error={personId}
        />
        <TextInput
          label="Reason"
          value={fields.reason}
          maxLength={500}
          onChange={({ currentTarget }) => set('reason', currentTarget.value)}
          error={reason}
        />
        <NativeSelect
          label="For how long"
          data={times}
          value={fields.seconds}
          onChange={({ currentTarget }) => set('seconds', currentTarget.value)}
          error={endsAt}
        />
        <NumberInput
          label="How often at most"
          description="Empty: as often as that person likes"
          min={1}
          max={1_000}
          allowDecimal={false}
          value={fields.most}
          onChange={(most) => set('most', String(most))}
          error={mostOpenings}
        />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title={`Share ${entry.name}`}
        steps={[
          {
            what: 'added',
            text: `${name} may open it for ${time} from now${fields.most === '' ? '' : `, ${fields.most} times at most`}`,
          },
          { what: 'added', text: `The reason stays with it: ${fields.reason.trim()}` },
          { what: 'stays', text: 'Each opening is recorded before the secret is shown, and you see it' },
          { what: 'stays', text: 'You can withdraw it at any time; what was read meanwhile is known' },
        ]}
        confirm="Share it"
        busy={busy}
        error={isAboutFields(error) ? null : error}
        carryOut={() => void carryOut()}
      />
      {dialog}
    </>
  );
}
