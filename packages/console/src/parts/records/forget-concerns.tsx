import { Text } from '@mantine/core';
import type { ForgetPlan } from '../../api/operations.ts';

/** What looks like a mistake or an attack in a plan to forget; nothing when nothing does. */
export function ForgetConcerns({ concerns }: { readonly concerns: ForgetPlan['concerns'] }) {
  if (concerns.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        What speaks against it
      </Text>
      <ul>
        {concerns.map(({ code, message }) => (
          <li key={code}>
            <Text size="sm" className="breakable">
              {message}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
