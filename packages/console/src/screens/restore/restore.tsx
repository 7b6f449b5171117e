import { Button, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useCaller, useMay } from '../../api/caller.ts';
import { newKey } from '../../api/changes.ts';
import { operations, type RestorePlan } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import { roleName, roleNames } from '../../api/roles.ts';
import { useAct } from '../../parts/forms/act.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { useProof } from '../../parts/proof.tsx';
import { PlanShown } from './plan-shown.tsx';
import { SnapshotChoice } from './snapshot-choice.tsx';

const route = getRouteApi('/restore');

/** From a snapshot back into the live source: what, the plan, the proof, and the restore as it goes on. */
export function Restore() {
  const asked = route.useSearch();
  const may = useMay();
  const [source, setSource] = useState(asked.source ?? '');
  const [snapshot, setSnapshot] = useState(asked.snapshot ?? '');
  const [plan, setPlan] = useState<RestorePlan>();
  const [job, setJob] = useState<number>();
  const [key, setKey] = useState(newKey);
  const caller = useCaller();
  const isAble = may('restores.run');
  const sources = useQuery({ ...whole('listSources', {}), enabled: isAble });
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const anew = (): void => {
    reset();
    setPlan(undefined);
    setJob(undefined);
    setKey(newKey());
  };
  const look = () =>
    void act(async () => {
      const body = { source, ...(snapshot === '' ? {} : { snapshot }) };
      setPlan((await ask('planRestore', { body, idempotencyKey: newKey() })).data);
    });
  const start = async (id: string): Promise<void> => {
    const isDone = await act(async () => {
      const body = { plan: id };
      const { data } = await proved(() => ask('startRestore', { body, idempotencyKey: key }));
      setJob(data.id);
    });
    if (!isDone) setKey(newKey());
  };
  if (caller !== undefined && !isAble) {
    const role = caller.role === undefined ? 'who is no member' : `the role ${roleName(caller.role)}`;
    return (
      <Page title="Restore" lead="A snapshot back in place of the live source.">
        <Empty title="Your role does not include restores">
          A restore replaces live data: {roleNames(operations.startRestore.roles)} may do it, and {role} may
          not. Ask one of them, or an owner of the organisation for another role.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Restore"
      lead={
        <>
          A snapshot back in place of the live source. Single files are had without that:{' '}
          <TextLink to="/snapshots/find" search={source === '' ? {} : { source }} underline="always">
            find them
          </TextLink>
          , and download them.
        </>
      }
    >
      {sources.data?.items.length === 0 ? (
        <Empty title="There is no source">
          What was never backed up cannot come back: add a source first, on the screen of a{' '}
          <TextLink to="/services">service</TextLink>.
        </Empty>
      ) : plan === undefined ? (
        <Section title="1. What comes back">
          <Paper withBorder p="md">
            <Stack align="flex-start">
              <NativeSelect
                label="Source"
                value={source}
                onChange={({ currentTarget }) => {
                  setSource(currentTarget.value);
                  setSnapshot('');
                }}
                data={[
                  { value: '', label: 'Choose one' },
                  ...(sources.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
                ]}
              />
              {source === '' ? null : (
                <SnapshotChoice source={source} value={snapshot} choose={setSnapshot} />
              )}
              <Button disabled={source === ''} loading={busy} onClick={look}>
                Show the plan
              </Button>
              <Text size="sm" c="dimmed">
                The plan changes nothing.
              </Text>
            </Stack>
          </Paper>
        </Section>
      ) : job === undefined ? (
        <Section title="2. What will be done">
          <PlanShown plan={plan} kind={sources.data?.items.find(({ id }) => id === plan.sourceId)?.kind} />
          <Group>
            <Button variant="default" onClick={anew}>
              Do nothing
            </Button>
            <Button color="red.9" loading={busy} onClick={() => void start(plan.id)}>
              Replace it by the snapshot
            </Button>
          </Group>
        </Section>
      ) : (
        <Section title="3. The restore">
          <Paper withBorder p="md">
            <LiveJob id={job} />
          </Paper>
          <Group>
            <Button variant="default" onClick={anew}>
              Another one
            </Button>
          </Group>
        </Section>
      )}
      {error === null ? null : <ProblemNotice error={error} />}
      {dialog}
    </Page>
  );
}
