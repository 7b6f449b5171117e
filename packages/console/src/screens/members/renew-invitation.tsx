import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { Invitation } from '../../api/operations.ts';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { tell } from '../../parts/notices/told.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { type LinkToShow, linkOf } from './shown-link.tsx';

/** The same invitation with a new link, on the way on which the one before went. */
export function RenewInvitation(props: {
  readonly invitation: Invitation;
  readonly show: (link: LinkToShow) => void;
  readonly close: () => void;
}) {
  const { invitation, show, close } = props;
  const client = useQueryClient();
  const byMail = invitation.mail !== undefined;
  const carryOut = async (proved: Proved): Promise<void> => {
    const asked = { params: { id: invitation.id }, body: { showLink: !byMail } };
    const { data } = await proved(() => ask('renewInvitation', asked));
    void client.invalidateQueries({ queryKey: ['listInvitations'] });
    close();
    const link = linkOf(data);
    if (link === undefined) tell(`The invitation is on its way to ${data.email}.`);
    else show(link);
  };
  return (
    <ProvedPlan
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
      carryOut={carryOut}
    />
  );
}
