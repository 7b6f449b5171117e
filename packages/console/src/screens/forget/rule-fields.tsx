import { Button, Group, NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { type KeepRules, keepRules, mostKept, readRules } from './keep-rules.ts';

/** What is kept: the newest of so many hours, days and so on, as restic's `forget` has it. */
export function RuleFields(fields: {
  readonly rules: KeepRules;
  readonly busy: boolean;
  readonly show: (rules: KeepRules) => void;
}) {
  const [typed, setTyped] = useState<Record<string, string | number>>({ ...fields.rules });
  const [missing, setMissing] = useState(false);
  const submit = (): void => {
    const rules = readRules(typed);
    const none = Object.keys(rules).length === 0;
    setMissing(none);
    if (!none) fields.show(rules);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <fieldset className="plain">
        <legend className="shown-to-readers">How many snapshots are kept</legend>
        <Group gap="sm" align="flex-end">
          {keepRules.map(([name, label]) => (
            <NumberInput
              key={name}
              label={label}
              min={0}
              max={mostKept}
              allowDecimal={false}
              allowNegative={false}
              placeholder="0"
              w={104}
              value={typed[name] ?? ''}
              onChange={(value) => setTyped({ ...typed, [name]: value })}
            />
          ))}
          <Button type="submit" variant="default" loading={fields.busy}>
            Show what would go
          </Button>
        </Group>
      </fieldset>
      {missing ? (
        <Text size="sm" role="alert" mt="xs">
          Say of at least one how many are kept.
        </Text>
      ) : null}
    </form>
  );
}
