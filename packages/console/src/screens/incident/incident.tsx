import { Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import { query, whole } from '../../api/queries.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { durationWords } from '../../parts/words/time-words.ts';
import { TellMore } from './tell-more.tsx';

/** One incident: what it is about, and everything that was told, the newest first. */
export function Incident() {
  const { incident } = useParams({ from: '/incidents/$incident' });
  const found = useQuery({
    ...query('getIncident', { params: { id: Number(incident) } }),
    refetchInterval: every(15_000),
  });
  const services = useQuery(whole('listServices', {})).data?.items ?? [];
  const may = useMay();
  return (
    <Loaded query={found}>
      {(data) => (
        <Page
          title={data.title}
          lead={
            <Group gap="xs">
              <StateBadge state={data.state} />
              {data.resolvedAt === undefined ? <StateBadge state={data.impact} /> : null}
            </Group>
          }
          actions={
            may('incidents.change') && data.resolvedAt === undefined ? <TellMore incident={data} /> : null
          }
        >
          <Facts
            facts={[
              [
                'Services',
                services
                  .filter(({ id }) => data.serviceIds.includes(id))
                  .map(({ name }) => name)
                  .join(', '),
              ],
              ['Opened', <Moment key="opened" at={data.openedAt} />],
              ['By', data.openedBy],
              ['Resolved', data.resolvedAt && <Moment key="resolved" at={data.resolvedAt} />],
              [
                'Estimate',
                data.estimate && `${durationWords(data.estimate.seconds)}: ${data.estimate.basis}`,
              ],
              ['Restore began', data.restoreBeganAt && <Moment key="restore" at={data.restoreBeganAt} />],
            ]}
          />
          <Section title="What was told">
            <Stack component="ul" gap="xs" className="plain">
              {[...data.updates]
                .sort((a, b) => b.at.localeCompare(a.at))
                .map(({ at, state, text }) => (
                  <Paper component="li" key={`${at} ${text}`} withBorder p="md">
                    <Group gap="xs">
                      <StateBadge state={state} />
                      <Text size="sm" c="dimmed">
                        <Moment at={at} />
                      </Text>
                    </Group>
                    <Text mt={6} className="breakable" style={{ whiteSpace: 'pre-wrap' }}>
                      {text}
                    </Text>
                  </Paper>
                ))}
            </Stack>
          </Section>
        </Page>
      )}
    </Loaded>
  );
}
