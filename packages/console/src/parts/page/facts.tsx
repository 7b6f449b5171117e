import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and values of one thing; a value that is absent is left out. */
export const Facts = ({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ReactNode | undefined])[];
}) => (
  <Paper withBorder p="md">
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" className="breakable">
              {value}
            </Text>
          </div>
        ))}
    </dl>
  </Paper>
);
