import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Member } from '../../api/operations.ts';
import { ApiProblem } from '../../api/problem.ts';
import { thing } from '../../api/queries.ts';
import { isRole, roleName, rolePower } from '../../api/roles.ts';
import { useServices } from '../../api/service-names.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog, type PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { OutdatedNotice } from '../../parts/notices/outdated-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';
import { utcDay } from '../../parts/words/time-words.ts';
import { RoleChoice, type RoleFields, roleBody, roleObjections } from './role-fields.tsx';

/** Another role, or another assignment of an outside administrator: chosen, shown as a plan, then carried out. */
export function ChangeMember(props: { readonly member: Member; readonly close: () => void }) {
  const { member: listed, close } = props;
  const client = useQueryClient();
  const services = useServices();
  const found = useQuery(thing('getMember', { params: { id: listed.id } }));
  const member = found.data?.data ?? listed;
  const draft = useDraft<RoleFields>(`member ${member.id}`, {
    role: member.role,
    until: member.until?.slice(0, 10) ?? '',
    services: [...member.serviceIds],
  });
  const { fields, set } = draft;
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [planning, setPlanning] = useState(false);
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const submit = () => {
    const objections = roleObjections(fields);
    setOwn(objections);
    if (Object.keys(objections).length > 0) return;
    reset();
    setPlanning(true);
  };
  const giveUp = () => {
    draft.drop();
    close();
  };
  const carryOut = async (): Promise<void> => {
    const asked = { params: { id: member.id }, body: roleBody(fields), ifMatch: found.data?.etag };
    const isDone = await act(async () => {
      await proved(() => ask('changeMember', asked));
      await client.invalidateQueries({ queryKey: ['listMembers'] });
      tell(`What ${member.name} may do is changed.`);
      giveUp();
    });
    if (!isDone) await found.refetch();
  };
  const outdated = error instanceof ApiProblem && error.code === 'api.outdated';
  const named = (ids: readonly string[]) =>
    services
      .filter(({ id }) => ids.includes(id))
      .map(({ name }) => name)
      .join(', ');
  const refused = isAboutFields(error);
  return (
    <>
      <FormDialog
        opened={!planning || refused}
        close={close}
        title={`Change what ${member.name} may do`}
        submit={submit}
        giveUp={giveUp}
        button="Show the plan"
      >
        <RoleChoice fields={fields} set={set} errors={objectionsOf(error, own)} />
      </FormDialog>
      <PlanDialog
        opened={planning && !refused}
        close={() => setPlanning(false)}
        title={`Change what ${member.name} may do`}
        steps={planOf(member, fields, named)}
        confirm="Change it"
        busy={busy || found.data === undefined}
        error={outdated ? null : (error ?? found.error)}
        carryOut={() => void carryOut()}
      >
        {outdated ? <OutdatedNotice /> : null}
      </PlanDialog>
      {dialog}
    </>
  );
}

function planOf(member: Member, fields: RoleFields, named: (ids: readonly string[]) => string): PlanStep[] {
  const { role, until, services } = fields;
  if (!isRole(role)) return [];
  const isOutside = role === 'outside-administrator';
  const before = isRole(member.role) ? roleName(member.role) : member.role;
  return [
    role === member.role
      ? { what: 'stays', text: `The role: ${before}` }
      : { what: 'changed', text: `From ${before} to ${roleName(role)}. ${rolePower(role)}` },
    ...(isOutside
      ? [
          { what: 'changed', text: `Services: ${named(services)}` } as const,
          { what: 'changed', text: `Let in until the end of ${utcDay(new Date(until))} (UTC)` } as const,
        ]
      : member.until === undefined
        ? []
        : [{ what: 'removed', text: 'The assigned services and the last day: this role has none' } as const]),
    { what: 'stays', text: 'The account, its sessions and its API keys, which may do what the role may' },
  ];
}
