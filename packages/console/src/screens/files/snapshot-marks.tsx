import { Text } from '@mantine/core';
import type { Snapshot } from '../../api/operations.ts';
import { Moment } from '../../parts/words/moment.tsx';
import { ownTags } from './own-tags.ts';

/** What is to be known of a snapshot before one relies on it. */
export function SnapshotMarks({ snapshot }: { readonly snapshot: Snapshot }) {
  const tags = ownTags(snapshot);
  const madeAnew = snapshot.tookPlaceOf?.find(({ how }) => how !== 'relabelled');
  return (
    <>
      {snapshot.suspect && madeAnew?.how !== 'repaired' ? (
        <Text>
          It is suspect: something of the source was missing then, or it is unlike those before it. Compare it
          with an earlier one.
        </Text>
      ) : null}
      {madeAnew === undefined ? null : (
        <Text>
          It is not as the backup left it: it was {madeAnew.how} <Moment at={madeAnew.at} />
          {madeAnew.how === 'repaired'
            ? ', without what was lost in the repository. Nothing rests on it.'
            : ', without what somebody left out.'}
        </Text>
      )}
      {tags.length === 0 ? null : (
        <Text size="sm" className="breakable">
          Tags: {tags.join(', ')}
        </Text>
      )}
    </>
  );
}
