import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { newKey, useChange } from '../../api/changes.ts';
import type { NewService } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { objectionsOf } from '../../parts/forms/objections.ts';
import {
  objectionsTo,
  type ServiceFields,
  ServiceForm,
  serviceBody,
} from '../../parts/forms/service-form.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';

const empty: ServiceFields = { name: '', criticality: 'normal', rpo: '', rto: '', rehearse: '' };

/** A new service; its sources are added on its own screen, to which this leads. */
export function AddService({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const navigate = useNavigate();
  const draft = useDraft('new service', empty);
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState(newKey);
  const adding = useChange('addService', {
    touches: ['listServices', 'getStatus'],
    done: ({ data }) => {
      draft.drop();
      setKey(newKey());
      close();
      tell(`${data.name} was added. Its sources come next.`);
      void navigate({ to: '/services/$service', params: { service: data.id } });
    },
  });
  const submit = () => {
    const objections = objectionsTo(draft.fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    const body = serviceBody(draft.fields) as NewService;
    adding.mutate({ body, idempotencyKey: key }, { onError: () => setKey(newKey()) });
  };
  const giveUp = () => {
    draft.drop();
    adding.reset();
    setOwn({});
    close();
  };
  return (
    <FormDialog
      opened={opened}
      close={close}
      title="Add a service"
      submit={submit}
      giveUp={giveUp}
      button="Add it"
    >
      <ServiceForm draft={draft} errors={objectionsOf(adding.error, own)} isNew />
      {adding.error === null ? null : <ProblemNotice error={adding.error} />}
    </FormDialog>
  );
}
