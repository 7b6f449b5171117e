import { Alert, Code, Text } from '@mantine/core';
import { ApiProblem } from '../../api/problem.ts';
import { Icon } from '../page/icon.tsx';

/** What went wrong and what can be done about it, read out at once. */
export function ProblemNotice({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem)) {
    return (
      <Notice title="The trouble is on our side">
        <Text size="sm">
          This is a fault of the console: {error instanceof Error ? error.message : 'of an unknown kind'}
        </Text>
      </Notice>
    );
  }
  return (
    <Notice title={error.title}>
      <Text size="sm">{sentence(error.message)}</Text>
      {error.advice === undefined ? null : <Text size="sm">{error.advice}</Text>}
      <Text size="xs" c="dimmed" mt="xs">
        <Code>{error.code}</Code>
      </Text>
    </Notice>
  );
}

const Notice = ({ title, children }: { title: string; children: React.ReactNode }) => (
  <Alert color="red" title={title} icon={<Icon name="warning" />} role="alert">
    {children}
  </Alert>
);

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};
