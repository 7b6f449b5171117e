import { Group, Paper, Stack, Text } from '@mantine/core';
import type { Status } from '../../api/operations.ts';
import { TextLink } from '../../parts/page/link.tsx';
import { Section } from '../../parts/page/section.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { TargetBar } from '../../parts/records/target-bar.tsx';
import { durationWords } from '../../parts/words/time-words.ts';
import { measuresOf } from './measures.ts';

/** Each service: what would be lost and how long it would take now, against what was promised. */
export const Protection = ({ report }: { report: Status }) => (
  <Section title="Protection of each service">
    <ul className="plain cards">
      {report.services.map((service) => {
        const { loss, recovery, promises } = measuresOf(service);
        return (
          <Paper component="li" key={service.slug} withBorder p="md">
            <Stack gap="sm">
              <Group justify="space-between" wrap="nowrap" align="flex-start">
                <div>
                  <Text fw={600} className="breakable">
                    <TextLink to="/services/$service" params={{ service: service.slug }} inherit c="inherit">
                      {service.name}
                    </TextLink>
                  </Text>
                  <Text size="sm" c="dimmed">
                    {service.criticality}
                  </Text>
                </div>
                <StateBadge state={service.state} />
              </Group>
              <TargetBar
                name="Loss now"
                value={loss.seconds}
                target={loss.target}
                unknown="no backup yet"
                targetName="RPO"
              />
              <TargetBar
                name="Recovery, rehearsed"
                value={recovery}
                target={service.rtoSeconds}
                unknown="not rehearsed yet"
                targetName="RTO"
              />
              <Group gap="xs">
                {promises.map(([state, count]) => (
                  <Group key={state} gap={6}>
                    <StateBadge state={state} />
                    <Text size="sm" c="dimmed">
                      {count} {count === 1 ? 'promise' : 'promises'}
                    </Text>
                  </Group>
                ))}
              </Group>
              {service.uptime === undefined ? null : (
                <Text size="sm" c="dimmed">
                  {(service.uptime * 100).toFixed(2)} % up in {durationWords(service.observedSeconds)} of
                  watching
                </Text>
              )}
            </Stack>
          </Paper>
        );
      })}
    </ul>
  </Section>
);
