import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { newKey, useChange } from '../../api/changes.ts';
import type { Incident, NewIncidentUpdate } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import { tell } from '../../parts/notices/told.tsx';

type Fields = { readonly text: string; readonly state: string; readonly impact: string };

/** Tells more about an incident, or that it is over, after showing what becomes public. */
export function TellMore({ incident }: { incident: Incident }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [planning, setPlanning] = useState(false);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState(newKey);
  const current: Fields = { text: '', state: incident.state, impact: incident.impact };
  const draft = useDraft(`incident ${incident.id}`, current);
  const { fields, set } = draft;
  const finish = () => {
    draft.drop();
    telling.reset();
    setKey(newKey());
    setPlanning(false);
    close();
  };
  const telling = useChange('updateIncident', {
    touches: ['getIncident', 'listIncidents', 'getStatus'],
    done: ({ data }) => {
      finish();
      tell(data.resolvedAt === undefined ? 'It is on the public page.' : 'The incident is resolved.');
    },
  });
  const errors = objectionsOf(telling.error, own);
  const submit = () => {
    const isEmpty = fields.text.trim() === '';
    setOwn(isEmpty ? { text: 'Say what customers should know.' } : {});
    if (isEmpty) return;
    telling.reset();
    setPlanning(true);
  };
  const body = {
    text: fields.text.trim(),
    state: fields.state as NewIncidentUpdate['state'],
    impact: fields.impact as NewIncidentUpdate['impact'],
  };
  return (
    <>
      <Button onClick={open}>Tell more</Button>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title="Tell more"
        submit={submit}
        giveUp={finish}
        button="Show what becomes public"
      >
        <Textarea
          label="What customers read"
          required
          autosize
          minRows={3}
          maxLength={5_000}
          value={fields.text}
          onChange={({ currentTarget }) => set('text', currentTarget.value)}
          error={errors.text}
          data-autofocus
        />
        <NativeSelect
          label="State"
          data={['investigating', 'identified', 'monitoring', 'resolved']}
          value={fields.state}
          onChange={({ currentTarget }) => set('state', currentTarget.value)}
          error={errors.state}
        />
        <NativeSelect
          label="Impact"
          data={['degraded', 'outage']}
          value={fields.impact}
          onChange={({ currentTarget }) => set('impact', currentTarget.value)}
          error={errors.impact}
        />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title="Tell more"
        steps={[
          { what: 'added', text: `On the public page, at once: “${body.text}”` },
          ...(fields.state === incident.state
            ? []
            : [{ what: 'changed' as const, text: `State: ${incident.state} → ${fields.state}` }]),
          ...(fields.impact === incident.impact
            ? []
            : [{ what: 'changed' as const, text: `Impact: ${incident.impact} → ${fields.impact}` }]),
          { what: 'stays', text: 'What was told before: it is never edited' },
        ]}
        confirm={fields.state === 'resolved' ? 'Tell it, and resolve' : 'Tell it'}
        busy={telling.isPending}
        error={telling.error}
        carryOut={() =>
          telling.mutate(
            { params: { id: incident.id }, body, idempotencyKey: key },
            { onError: () => setKey(newKey()) },
          )
        }
      />
    </>
  );
}
