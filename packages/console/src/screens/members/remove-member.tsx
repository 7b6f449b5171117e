import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { Member, MemberRemoval } from '../../api/operations.ts';
import { thing } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** What somebody loses and what of theirs stays; and then exactly that, or the plan anew when it is not true any more. */
export function RemoveMember({ member, close }: { readonly member: Member; readonly close: () => void }) {
  const client = useQueryClient();
  const asked = { params: { id: member.id } };
  const plan = useQuery({ ...thing('getMemberRemoval', asked), staleTime: 0 });
  const carryOut = async (proved: Proved): Promise<void> => {
    await proved(() => ask('removeMember', { ...asked, ifMatch: plan.data?.etag }));
    for (const list of ['listMembers', 'listVaultEntries', 'listVaultGrants'])
      void client.invalidateQueries({ queryKey: [list] });
    tell(`${member.name} is a member no more.`);
    close();
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title={`Remove ${member.name}`}
      steps={plan.data === undefined ? [] : stepsOf(member, plan.data.data)}
      confirm="Remove for good"
      dangerous
      pending={plan.data === undefined}
      planError={plan.error}
      carryOut={carryOut}
      notDone={() => void plan.refetch()}
    />
  );
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function stepsOf(member: Member, { sessions, keys, passkeys, hasSecondFactor, vault }: MemberRemoval) {
  const ways = [
    'its password',
    ...(hasSecondFactor ? ['its second factor'] : []),
    ...(passkeys > 0 ? [counted(passkeys, 'passkey')] : []),
  ];
  const steps: readonly (PlanStep | undefined)[] = [
    { what: 'removed', text: `The account of ${member.email}: ${ways.join(', ')}` },
    sessions > 0
      ? { what: 'removed', text: `${counted(sessions, 'session')}: who uses it is signed out at once` }
      : undefined,
    keys > 0
      ? { what: 'removed', text: `${counted(keys, 'API key')}: programs with them are refused` }
      : undefined,
    vault.grantsHeld > 0
      ? { what: 'removed', text: `Opening what others shared in the vault (${vault.grantsHeld})` }
      : undefined,
    vault.entries > 0
      ? {
          what: 'stays',
          text: `${counted(vault.entries, 'entry', 'entries')} in the vault, sealed. ${
            vault.grantsGiven > 0
              ? `Whom they are shared with may open them until that ends (${vault.grantsGiven}). `
              : ''
          }An owner gives them to another member.`,
        }
      : undefined,
    { what: 'stays', text: 'What was done, in the audit log, with the name' },
    { what: 'stays', text: 'Services, backups, incidents and evidence' },
  ];
  return steps.filter((step) => step !== undefined);
}
