import { Checkbox, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { newKey, useChange } from '../../api/changes.ts';
import type { NewIncident } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import { tell } from '../../parts/notices/told.tsx';

type Fields = {
  readonly title: string;
  readonly impact: string;
  readonly text: string;
  /** Ids, with a space between. */
  readonly services: string;
};
const empty: Fields = { title: '', impact: 'degraded', text: '', services: '' };
const idsOf = ({ services }: Fields): string[] => services.split(' ').filter((id) => id !== '');

const objectionsTo = (fields: Fields): Readonly<Record<string, string>> => ({
  ...(fields.title.trim() === '' ? { title: 'Say in a few words what is wrong.' } : {}),
  ...(fields.text.trim() === '' ? { text: 'Say what customers should know first.' } : {}),
  ...(idsOf(fields).length === 0 ? { services: 'Choose the services that it is about.' } : {}),
});

/** A form, then what becomes public by it, then that. */
export function OpenIncident({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const navigate = useNavigate();
  const services = useQuery({ ...whole('listServices', {}), enabled: opened });
  const draft = useDraft('new incident', empty);
  const { fields, set } = draft;
  const [planning, setPlanning] = useState(false);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState(newKey);
  const finish = () => {
    draft.drop();
    opening.reset();
    setKey(newKey());
    setPlanning(false);
    close();
  };
  const opening = useChange('openIncident', {
    touches: ['listIncidents', 'getStatus'],
    done: ({ data }) => {
      finish();
      tell('The incident is on the public page.');
      void navigate({ to: '/incidents/$incident', params: { incident: String(data.id) } });
    },
  });
  const errors = objectionsOf(opening.error, own);
  const chosen = idsOf(fields);
  const submit = () => {
    const objections = objectionsTo(fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    opening.reset();
    setPlanning(true);
  };
  const carryOut = () =>
    opening.mutate(
      {
        body: {
          title: fields.title.trim(),
          text: fields.text.trim(),
          impact: fields.impact as NewIncident['impact'],
          services: chosen,
        },
        idempotencyKey: key,
      },
      { onError: () => setKey(newKey()) },
    );
  const names = (services.data?.items ?? []).filter(({ id }) => chosen.includes(id)).map(({ name }) => name);
  return (
    <>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title="Open an incident"
        submit={submit}
        giveUp={finish}
        button="Show what becomes public"
      >
        <TextInput
          label="Title"
          required
          maxLength={200}
          value={fields.title}
          onChange={({ currentTarget }) => set('title', currentTarget.value)}
          error={errors.title}
          data-autofocus
        />
        <Checkbox.Group
          label="Services"
          value={chosen}
          onChange={(ids) => set('services', ids.join(' '))}
          error={errors.services}
        >
          <Stack gap="xs" mt={6}>
            {(services.data?.items ?? []).map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label="Impact"
          data={['degraded', 'outage']}
          value={fields.impact}
          onChange={({ currentTarget }) => set('impact', currentTarget.value)}
        />
        <Textarea
          label="What customers read first"
          required
          autosize
          minRows={3}
          maxLength={5_000}
          value={fields.text}
          onChange={({ currentTarget }) => set('text', currentTarget.value)}
          error={errors.text}
        />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title="Open an incident"
        steps={[
          {
            what: 'added',
            text: `On the public page, at once: “${fields.title}” (${fields.impact}), about ${names.join(', ')}`,
          },
          { what: 'added', text: `Its first words: “${fields.text}”` },
          { what: 'stays', text: 'What was told is never edited: more is told after it' },
        ]}
        confirm="Open it"
        busy={opening.isPending}
        error={opening.error}
        carryOut={carryOut}
      />
    </>
  );
}
