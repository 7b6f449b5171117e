import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useCaller, useMay } from '../../api/caller.ts';
import { query, thing } from '../../api/queries.ts';
import { useServices } from '../../api/service-names.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { kindWords, personName } from '../../parts/words/vault-words.ts';
import { ChangeEntry } from './change-entry.tsx';
import { EntryOpenings } from './entry-openings.tsx';
import { Grants } from './grants.tsx';
import { OpenSecret } from './open-secret.tsx';
import { RemoveEntry } from './remove-entry.tsx';
import { Share } from './share.tsx';
import { Transfer } from './transfer.tsx';

const route = getRouteApi('/vault/$entry');
type Dialog = 'change' | 'share' | 'transfer' | 'remove';

/** One entry of the vault: what it is for, who may open it, who did, and its secret for who may have it. */
export function VaultEntry() {
  const { entry: id } = route.useParams();
  const may = useMay();
  const caller = useCaller();
  const services = useServices();
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const entry = useQuery(thing('getVaultEntry', { params: { id } }));
  const toMe = useQuery(query('listVaultGrants', { query: { entry: id, person: 'me', limit: 20 } }));
  const data = entry.data?.data;
  const isMine = data !== undefined && data.owner.id === caller?.userId;
  // Of who has left there is no name any more.
  const isLeft = data !== undefined && data.owner.name === undefined && caller?.role === 'owner';
  const isShared = toMe.data?.items.some(({ state }) => state === 'active') ?? false;
  return (
    <Page
      title={data?.name ?? 'Entry of the vault'}
      lead={data && `${kindWords(data.kind)}, kept by ${isMine ? 'you' : personName(data.owner)}.`}
      actions={
        isMine || isLeft ? (
          <Group gap="sm">
            {isMine && may('vault.share') ? <Button onClick={() => setDialog('share')}>Share</Button> : null}
            {isMine && may('vault.keep') ? (
              <Button variant="default" onClick={() => setDialog('change')}>
                Change
              </Button>
            ) : null}
            {may('vault.share') ? (
              <Button variant="default" onClick={() => setDialog('transfer')}>
                Give away
              </Button>
            ) : null}
            {may('vault.remove') ? (
              <Button variant="default" onClick={() => setDialog('remove')}>
                Remove
              </Button>
            ) : null}
          </Group>
        ) : undefined
      }
    >
      <Loaded query={entry}>
        {({ data, etag }) => (
          <>
            <Facts
              facts={[
                ['Login', data.login],
                ['Customer', data.customer],
                ['Service', services.find(({ id }) => id === data.serviceId)?.name],
                ['Owner', personName(data.owner)],
                ['Kept since', <Moment key="created" at={data.createdAt} />],
                ['Secret given', <Moment key="sealed" at={data.sealedAt} />],
              ]}
            />
            <OpenSecret
              key={data.sealedAt}
              entry={data}
              allowed={may('vault.open') && (isMine || isShared)}
              owned={isMine}
            />
            <Grants entry={data} owned={isMine} />
            <EntryOpenings entry={data} />
            <ChangeEntry key={etag} entry={data} etag={etag} opened={dialog === 'change'} close={close} />
            <Share entry={data} opened={dialog === 'share'} close={close} />
            <Transfer entry={data} etag={etag} owned={isMine} opened={dialog === 'transfer'} close={close} />
            <RemoveEntry entry={data} etag={etag} opened={dialog === 'remove'} close={close} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
