import { Group, Paper, Text } from '@mantine/core';
import type { Status } from '../../api/operations.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Section } from '../../parts/page/section.tsx';
import { Moment } from '../../parts/words/moment.tsx';

const shown = 8;

/** The backups that are due next. */
export function NextRuns({ report }: { report: Status }) {
  const next = report.services
    .flatMap((service) => service.sources.map((source) => ({ service, source })))
    .flatMap(({ service, source }) =>
      source.nextDueAt === undefined ? [] : [{ service, source, at: source.nextDueAt }],
    )
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(0, shown);
  return (
    <Section title="Next backups">
      {next.length === 0 ? (
        <Empty title="No backup is planned">
          A source with a schedule, such as “every hour”, is backed up by itself, and late runs are noticed.
          None has one.
        </Empty>
      ) : (
        <Paper withBorder component="ul" className="plain rows">
          {next.map(({ service, source, at }) => (
            <li key={`${service.slug} ${source.name}`}>
              <Group justify="space-between" gap="xs">
                <Text className="breakable">
                  {source.name}{' '}
                  <Text span size="sm" c="dimmed">
                    {service.name}
                  </Text>
                </Text>
                <Text size="sm" c="dimmed">
                  <Moment at={at} form="clock" />, <Moment at={at} />
                </Text>
              </Group>
            </li>
          ))}
        </Paper>
      )}
    </Section>
  );
}
