import { Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/changes.ts';
import type { Source } from '../../api/operations.ts';
import { ApiProblem } from '../../api/problem.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog, type PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import {
  fieldsOfSource,
  objectionsToSource,
  type SourceFields,
  secretFields,
  sourceChangesBody,
} from '../../parts/forms/source-fields.ts';
import { SourceForm } from '../../parts/forms/source-form.tsx';
import { OutdatedNotice } from '../../parts/notices/outdated-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';

const labels: Readonly<Partial<Record<keyof SourceFields, string>>> = {
  location: 'Location',
  paths: 'More folders',
  excludes: 'Left out',
  oneFileSystem: 'Stays on its file system',
  scratchServer: 'Server for rehearsals',
  schedule: 'Backed up',
  drillSchedule: 'Rehearsed',
  rpo: 'At most lost',
  password: 'Password',
  scratchPassword: 'Password of the server for rehearsals',
};

/** A form, then the plan of what it changes, then that; another one's change meanwhile is shown and never overwritten. */
export function ChangeSource(props: {
  readonly source: Source;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { source, etag, refetch, opened, close } = props;
  const current = fieldsOfSource(source);
  const draft = useDraft(`source ${source.id}`, current, secretFields);
  const [planning, setPlanning] = useState(false);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const changed = (Object.keys(labels) as (keyof SourceFields)[]).filter(
    (field) => draft.fields[field] !== current[field],
  );
  const finish = () => {
    draft.drop();
    changing.reset();
    setPlanning(false);
    close();
  };
  const changing = useChange('changeSource', {
    touches: ['getSource', 'listSources', 'getStatus', 'listPromises'],
    done: ({ data }) => {
      finish();
      tell(`${data.name} was changed.`);
    },
  });
  const outdated = changing.error instanceof ApiProblem && changing.error.code === 'api.outdated';
  const submit = () => {
    const objections = objectionsToSource(draft.fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    changing.reset();
    setPlanning(true);
  };
  const carryOut = () =>
    changing.mutate(
      { params: { id: source.id }, body: sourceChangesBody(draft.fields, changed), ifMatch: etag },
      { onError: refetch },
    );
  const steps = changed.map((field) => step(field, current, draft.fields));
  return (
    <>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title={`Change ${source.name}`}
        submit={submit}
        giveUp={finish}
        button="Show the plan"
      >
        <SourceForm draft={draft} errors={objectionsOf(changing.error, own)} isNew={false} />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title={`Change ${source.name}`}
        steps={
          steps.length === 0
            ? [{ what: 'stays', text: 'Everything: nothing was typed that is not so already.' }]
            : steps
        }
        confirm="Change it"
        busy={changing.isPending}
        error={outdated ? null : changing.error}
        carryOut={changed.length === 0 ? finish : carryOut}
      >
        {outdated ? <OutdatedNotice /> : null}
        {changing.isPending ? (
          <Text size="sm" role="status">
            It is being looked at, for 15 seconds at most …
          </Text>
        ) : null}
      </PlanDialog>
    </>
  );
}

function step(field: keyof SourceFields, current: SourceFields, next: SourceFields): PlanStep {
  const label = labels[field] ?? field;
  if ((secretFields as readonly string[]).includes(field))
    return { what: 'changed', text: `${label}: another one` };
  return { what: 'changed', text: `${label}: ${shown(current[field])} → ${shown(next[field])}` };
}

const shown = (value: string | boolean): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : value.trim().replaceAll('\n', ', ') || 'nothing';
