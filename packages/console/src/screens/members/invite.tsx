import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { MadeInvitation } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';
import { RoleChoice, roleBody, roleObjections } from './role-fields.tsx';

const empty = { email: '', role: '', until: '', services: [] as string[], way: 'mail' };

/** Who shall come, as what, and how the link gets there. The link itself is handed to `made`, and kept nowhere. */
export function Invite(props: {
  readonly opened: boolean;
  readonly close: () => void;
  readonly made: (invitation: MadeInvitation) => void;
}) {
  const { opened, close, made } = props;
  const client = useQueryClient();
  const draft = useDraft('invitation', empty);
  const { fields, set } = draft;
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const { data: settings } = useQuery({ ...query('getSettings', {}), enabled: opened });
  const finish = () => {
    draft.drop();
    setOwn({});
    reset();
    close();
  };
  const submit = () => {
    const objections = {
      ...(fields.email.trim() === '' ? { email: 'Say to which address.' } : {}),
      ...roleObjections(fields),
    };
    setOwn(objections);
    if (busy || Object.keys(objections).length > 0) return;
    const body = { email: fields.email.trim(), ...roleBody(fields), showLink: fields.way === 'link' };
    void act(async () => {
      const { data } = await proved(() => ask('inviteMember', { body }));
      void client.invalidateQueries({ queryKey: ['listInvitations'] });
      finish();
      if (data.link === undefined) tell(`The invitation is on its way to ${data.email}.`);
      else made(data);
    });
  };
  const errors = objectionsOf(error, own);
  return (
    <>
      <FormDialog
        opened={opened}
        close={close}
        title="Invite somebody"
        submit={submit}
        giveUp={finish}
        button="Invite"
      >
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="off"
          maxLength={254}
          value={fields.email}
          onChange={({ currentTarget }) => set('email', currentTarget.value)}
          error={errors.email}
        />
        <RoleChoice
          fields={fields}
          set={(field, value) => set(field, value as (typeof fields)[typeof field])}
          errors={errors}
        />
        {settings === undefined ? null : settings.mail === undefined ? (
          <Text size="sm" c="dimmed">
            No mail is configured: the link is shown to you, once, and you pass it on.
          </Text>
        ) : (
          <Radio.Group label="The link" value={fields.way} onChange={(way) => set('way', way)}>
            <Stack gap="xs" mt={6}>
              <Radio value="mail" label="Goes there by mail" description="Nobody else sees it." />
              <Radio value="link" label="Is shown to me, once" description="No mail is sent: I pass it on." />
            </Stack>
          </Radio.Group>
        )}
        {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
      </FormDialog>
      {dialog}
    </>
  );
}
