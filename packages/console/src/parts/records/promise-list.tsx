import { Group, Paper, Stack, Text } from '@mantine/core';
import type { PromiseReport } from '../../api/operations.ts';
import { Moment } from '../words/moment.tsx';
import { Evidence } from './evidence.tsx';
import { StateBadge } from './state-badge.tsx';

/** Promises with what proves each, and how each has changed lately. */
export const PromiseList = ({ promises }: { promises: readonly PromiseReport[] }) => (
  <Stack component="ul" gap="xs" className="plain">
    {promises.map(({ kind, source, sentence, state, since, evidence, history }) => (
      <Paper component="li" key={`${kind} ${source ?? ''}`} withBorder p="md">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
          <Text fw={600} className="breakable">
            {sentence}
          </Text>
          <StateBadge state={state} />
        </Group>
        <Text size="sm" c="dimmed" className="breakable">
          <Evidence sentence={evidence.sentence} />
        </Text>
        <Text size="sm" c="dimmed">
          So since <Moment at={since} />
        </Text>
        {history.length === 0 ? null : (
          <details className="history">
            <summary>
              {history.length} {history.length === 1 ? 'change' : 'changes'} in 90 days
              <span className="shown-to-readers"> of “{sentence}”</span>
            </summary>
            <ul className="plain rows">
              {history.map((change) => (
                <li key={`${change.at} ${change.to}`}>
                  <Group gap="xs">
                    <StateBadge state={change.to} />
                    <Text size="sm" c="dimmed">
                      <Moment at={change.at} />
                    </Text>
                  </Group>
                  <Text size="sm" c="dimmed" className="breakable">
                    <Evidence sentence={change.sentence} />
                  </Text>
                </li>
              ))}
            </ul>
          </details>
        )}
      </Paper>
    ))}
  </Stack>
);
