import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { newKey, useChange } from '../../api/changes.ts';
import type { Service } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog, type PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import {
  newSourceBody,
  newSourceFields,
  objectionsToSource,
  type SourceFields,
  secretFields,
} from '../../parts/forms/source-fields.ts';
import { SourceForm } from '../../parts/forms/source-form.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** A form, then the plan, then the source, which the server looks at before it takes it. */
export function AddSource(props: {
  readonly service: Service;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { service, opened, close } = props;
  const navigate = useNavigate();
  const draft = useDraft<SourceFields>(`new source of ${service.id}`, newSourceFields, secretFields);
  const [planning, setPlanning] = useState(false);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState(newKey);
  const finish = () => {
    draft.drop();
    adding.reset();
    setKey(newKey());
    setPlanning(false);
    close();
  };
  const adding = useChange('addSource', {
    touches: ['listSources', 'getStatus', 'listPromises'],
    done: ({ data }) => {
      finish();
      tell(`${data.name} is protected from now on.`);
      void navigate({ to: '/sources/$source', params: { source: data.id } });
    },
  });
  const submit = () => {
    const objections = objectionsToSource(draft.fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    adding.reset();
    setPlanning(true);
  };
  const { fields } = draft;
  const steps: PlanStep[] = [
    {
      what: 'added',
      text: `The source ${fields.name} (${fields.kind}) of ${service.name}: ${fields.location}`,
    },
    {
      what: 'added',
      text: fields.schedule === '' ? 'Backups on demand only' : `Backups ${fields.schedule}`,
    },
    {
      what: 'added',
      text:
        fields.drillSchedule === ''
          ? `Rehearsed restores as the criticality ${service.criticality} asks for`
          : `Rehearsed restores ${fields.drillSchedule}`,
    },
    {
      what: 'stays',
      text: 'The source itself: it is only read, and looked at for 15 seconds at most before it is taken',
    },
  ];
  const carryOut = () =>
    adding.mutate(
      { body: newSourceBody(service.id, fields), idempotencyKey: key },
      { onError: () => setKey(newKey()) },
    );
  return (
    <>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title={`Add a source of ${service.name}`}
        submit={submit}
        giveUp={finish}
        button="Show the plan"
      >
        <SourceForm draft={draft} errors={objectionsOf(adding.error, own)} isNew />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title={`Add a source of ${service.name}`}
        steps={steps}
        confirm="Protect it"
        busy={adding.isPending}
        error={adding.error}
        carryOut={carryOut}
      >
        {adding.isPending ? (
          <Text size="sm" role="status">
            It is being looked at …
          </Text>
        ) : null}
      </PlanDialog>
    </>
  );
}
