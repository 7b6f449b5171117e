import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/changes.ts';
import type { Snapshot } from '../../api/operations.ts';
import { ApiProblem } from '../../api/problem.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { PlanDialog, type PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { useDraft } from '../../parts/forms/draft.ts';
import { OutdatedNotice } from '../../parts/notices/outdated-notice.tsx';
import { ownTags } from './own-tags.ts';

/** Words that people give a snapshot: a form, then what it changes, then a job, since it becomes another file. */
export function ChangeTags(props: {
  readonly snapshot: Snapshot;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { snapshot, etag, refetch, close, begun } = props;
  const before = ownTags(snapshot);
  const draft = useDraft(`tags ${snapshot.id}`, { tags: before.join(', ') });
  const [planning, setPlanning] = useState(false);
  const wanted = tagsIn(draft.fields.tags);
  const add = wanted.filter((tag) => !before.includes(tag));
  const remove = before.filter((tag) => !wanted.includes(tag));
  const finish = () => {
    draft.drop();
    close();
  };
  const changing = useChange('changeSnapshot', {
    touches: ['listJobs'],
    done: ({ data }) => {
      finish();
      begun(data.id);
    },
  });
  const outdated = changing.error instanceof ApiProblem && changing.error.code === 'api.outdated';
  const title = `Tags of snapshot ${snapshot.id.slice(0, 8)}`;
  if (!planning) {
    return (
      <FormDialog
        opened
        close={close}
        title={title}
        submit={() => {
          changing.reset();
          setPlanning(true);
        }}
        giveUp={finish}
        button="Show the plan"
      >
        <TextInput
          label="Tags"
          description="Words to find it by, with commas between them. None takes away all but the platform's own."
          value={draft.fields.tags}
          onChange={({ currentTarget }) => draft.set('tags', currentTarget.value)}
        />
      </FormDialog>
    );
  }
  const isSame = add.length + remove.length === 0;
  return (
    <PlanDialog
      opened
      close={() => setPlanning(false)}
      title={title}
      steps={isSame ? [nothing] : stepsOf(add, remove)}
      confirm="Change them"
      busy={changing.isPending}
      error={outdated ? null : changing.error}
      carryOut={() =>
        isSame
          ? finish()
          : changing.mutate(
              { params: { id: snapshot.id }, body: { tags: { add, remove } }, ifMatch: etag },
              { onError: refetch },
            )
      }
    >
      {outdated ? <OutdatedNotice /> : null}
    </PlanDialog>
  );
}

const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

const nothing: PlanStep = { what: 'stays', text: 'Everything: nothing was typed that is not so already.' };

const stepsOf = (add: readonly string[], remove: readonly string[]): PlanStep[] => [
  ...add.map((tag) => ({ what: 'added' as const, text: tag })),
  ...remove.map((tag) => ({ what: 'removed' as const, text: tag })),
  {
    what: 'changed',
    text: 'Its id: with other tags a snapshot is another file. Its run, drills and restores name the new one',
  },
  { what: 'stays', text: 'All that is in it. Backups that are due meanwhile wait for a moment' },
];
