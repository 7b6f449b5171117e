import { useState } from 'react';
import { useChange } from '../../api/changes.ts';
import type { Service } from '../../api/operations.ts';
import { ApiProblem } from '../../api/problem.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import {
  objectionsTo,
  type ServiceFields,
  ServiceForm,
  serviceBody,
} from '../../parts/forms/service-form.tsx';
import { OutdatedNotice } from '../../parts/notices/outdated-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { writeDuration } from '../../parts/words/duration-text.ts';

const labels: Readonly<Record<keyof ServiceFields, string>> = {
  name: 'Name',
  criticality: 'Criticality',
  rpo: 'At most lost',
  rto: 'Back within',
  rehearse: 'Rehearsed every',
};

const fieldsOf = ({ name, criticality, ...service }: Service): ServiceFields => ({
  name,
  criticality,
  rpo: writeDuration(service.rpoSeconds),
  rto: writeDuration(service.rtoSeconds),
  rehearse: writeDuration(service.rehearseSeconds),
});

/**
 * A form, then the plan of what it changes, then that. When somebody else was faster the plan is shown anew against what
 * the service has become, with what was typed kept.
 */
export function ChangeService(props: {
  readonly service: Service;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly opened: boolean;
  readonly close: () => void;
}) {
  const { service, etag, refetch, opened, close } = props;
  const current = fieldsOf(service);
  const draft = useDraft(`service ${service.id}`, current);
  const [planning, setPlanning] = useState(false);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const changed = (Object.keys(labels) as (keyof ServiceFields)[]).filter(
    (field) => draft.fields[field] !== current[field],
  );
  const finish = () => {
    draft.drop();
    setPlanning(false);
    changing.reset();
    close();
  };
  const changing = useChange('changeService', {
    touches: ['getService', 'listServices', 'getStatus', 'listSources', 'listPromises'],
    done: ({ data }) => {
      finish();
      tell(`${data.name} was changed.`);
    },
  });
  const outdated = changing.error instanceof ApiProblem && changing.error.code === 'api.outdated';
  const submit = () => {
    const objections = objectionsTo(draft.fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    changing.reset();
    setPlanning(true);
  };
  const carryOut = () => {
    const edits = Object.fromEntries(changed.map((field) => [field, draft.fields[field]]));
    changing.mutate(
      { params: { id: service.id }, body: serviceBody(edits), ifMatch: etag },
      { onError: refetch },
    );
  };
  return (
    <>
      <FormDialog
        opened={opened && !planning}
        close={close}
        title={`Change ${service.name}`}
        submit={submit}
        giveUp={finish}
        button="Show the plan"
      >
        <ServiceForm draft={draft} errors={objectionsOf(changing.error, own)} isNew={false} />
      </FormDialog>
      <PlanDialog
        opened={opened && planning}
        close={() => setPlanning(false)}
        title={`Change ${service.name}`}
        steps={
          changed.length === 0
            ? [{ what: 'stays', text: 'Everything: nothing was typed that is not so already.' }]
            : changed.map((field) => ({
                what: 'changed',
                text: `${labels[field]}: ${current[field]} → ${draft.fields[field]}`,
              }))
        }
        confirm="Change it"
        busy={changing.isPending}
        error={outdated ? null : changing.error}
        carryOut={changed.length === 0 ? finish : carryOut}
      >
        {outdated ? <OutdatedNotice /> : null}
      </PlanDialog>
    </>
  );
}
