import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { Invitation } from '../../api/operations.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { tell } from '../../parts/notices/told.tsx';
import { useProof } from '../../parts/proof.tsx';
import { type LinkToShow, linkOf } from './shown-link.tsx';

/** The same invitation with a new link, on the way on which the one before went. */
export function RenewInvitation(props: {
  readonly invitation: Invitation;
  readonly show: (link: LinkToShow) => void;
  readonly close: () => void;
}) {
  const { invitation, show, close } = props;
  const client = useQueryClient();
  const { act, busy, error } = useAct();
  const { proved, dialog } = useProof();
  const byMail = invitation.mail !== undefined;
  const carryOut = () =>
    act(async () => {
      const asked = { params: { id: invitation.id }, body: { showLink: !byMail } };
      const { data } = await proved(() => ask('renewInvitation', asked));
      void client.invalidateQueries({ queryKey: ['listInvitations'] });
      close();
      const link = linkOf(data);
      if (link === undefined) tell(`The invitation is on its way to ${data.email}.`);
      else show(link);
    });
  return (
    <>
      <PlanDialog
        opened
        close={close}
        title={byMail ? `Send it to ${invitation.email} again` : `A new link for ${invitation.email}`}
        steps={[
          {
            what: 'added',
            text: byMail
              ? 'A mail with a new link, good for a week'
              : 'A new link, good for a week, which is shown to you once',
          },
          { what: 'removed', text: 'The link before: it is good no more' },
        ]}
        confirm={byMail ? 'Send it' : 'Make it'}
        busy={busy}
        error={error}
        carryOut={() => void carryOut()}
      />
      {dialog}
    </>
  );
}
