import { Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing is there yet: what would be, and how it comes there. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <Paper withBorder p="lg">
    <Stack gap="xs" align="flex-start">
      <Text fw={600}>{title}</Text>
      {children === undefined ? null : (
        <Text c="dimmed" size="sm" component="div" className="running">
          {children}
        </Text>
      )}
    </Stack>
  </Paper>
);
