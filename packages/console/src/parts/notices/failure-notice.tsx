import { Alert, Code, Text } from '@mantine/core';
import type { Failure } from '../../api/operations.ts';
import { Icon } from '../page/icon.tsx';

/** Why a piece of work ended badly, and what can be done. */
export const FailureNotice = ({
  failure,
  title = 'It failed',
}: {
  readonly failure: Failure | undefined;
  readonly title?: string;
}) =>
  failure === undefined ? null : (
    <Alert color="red" icon={<Icon name="warning" />} title={title}>
      <Text size="sm" className="breakable">
        {failure.message}
      </Text>
      {failure.advice === undefined ? null : <Text size="sm">{failure.advice}</Text>}
      <Text size="xs" mt="xs">
        <Code>{failure.code}</Code>
      </Text>
    </Alert>
  );

export const WarningList = ({ warnings }: { warnings: readonly string[] }) =>
  warnings.length === 0 ? null : (
    <Alert color="orange" icon={<Icon name="warning" />} title={`${warnings.length} warnings`}>
      <ul>
        {warnings.map((warning) => (
          <li key={warning} className="breakable">
            <Text size="sm">{warning}</Text>
          </li>
        ))}
      </ul>
    </Alert>
  );
