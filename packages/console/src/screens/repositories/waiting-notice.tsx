import { Alert, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { query } from '../../api/queries.ts';
import { Icon } from '../../parts/page/icon.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords, snapshotsWords } from '../../parts/words/size-words.ts';
import { CarryOutPlan } from './carry-out-plan.tsx';

/** Why a copy does not go on by itself, and the dialogue by which a person lets it. */
export function WaitingNotice({
  name,
  begun,
}: {
  readonly name: string;
  readonly begun: (job: number) => void;
}) {
  const may = useMay();
  const [opened, { open, close }] = useDisclosure(false);
  const plan = useQuery(query('getMirrorPlan', { params: { name } })).data;
  if (plan === undefined || plan.waits === 'nothing') return null;
  const { loss, gone, seenAt } = plan;
  return (
    <Alert
      color="orange"
      icon={<Icon name="warning" />}
      title={loss === undefined ? 'The copy that was there is gone' : 'A loss is held'}
    >
      <Text size="sm" className="breakable">
        {loss === undefined ? gone?.message : loss.reason}
        {seenAt === undefined ? null : (
          <>
            , as seen <Moment at={seenAt} />
          </>
        )}
        .
      </Text>
      <Text size="sm">
        {loss === undefined
          ? 'A disk that is not mounted looks the same. Nothing is sent until somebody says that it begins anew.'
          : `${countWords(loss.objects)} files (${sizeWords(loss.bytes)}) stay there, ${snapshotsWords(loss.snapshotCount)} among them, and nothing else that was forgotten is removed meanwhile. An intruder, or a broken disk, looks the same.`}
      </Text>
      {may('repositories.change') ? (
        <Button mt="sm" size="sm" variant="default" onClick={open}>
          {loss === undefined ? 'Begin anew …' : 'Accept the loss …'}
        </Button>
      ) : (
        <Text size="sm">An owner or an operator decides.</Text>
      )}
      {opened ? <CarryOutPlan plan={plan} close={close} begun={begun} /> : null}
    </Alert>
  );
}
