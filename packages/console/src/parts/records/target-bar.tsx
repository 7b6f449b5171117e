import { Group, Progress, Text } from '@mantine/core';
import { durationWords } from '../words/time-words.ts';

/** A measured time beside its target: how much of it is used up. Not known is not shown as good. */
export function TargetBar(bar: {
  readonly name: string;
  /** Seconds; undefined: not known. */
  readonly value: number | undefined;
  readonly target: number;
  readonly targetName: string;
  readonly unknown: string;
}) {
  const { value, target } = bar;
  const share = value === undefined ? 0 : value / target;
  const colour = share > 1 ? 'red' : share > 0.8 ? 'orange' : 'octo';
  const words = value === undefined ? bar.unknown : durationWords(Math.max(0, value));
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{bar.name}</Text>
        <Text size="sm" c="dimmed">
          <Text span fw={600} c={value === undefined ? 'dimmed' : 'var(--mantine-color-text)'}>
            {words}
          </Text>{' '}
          of {durationWords(target)} {bar.targetName}
        </Text>
      </Group>
      <Progress.Root>
        <Progress.Section
          value={Math.min(100, share * 100)}
          color={colour}
          aria-label={`${bar.name}, share of the ${bar.targetName}`}
          aria-valuetext={`${words} of ${durationWords(target)}`}
        />
      </Progress.Root>
    </div>
  );
}
