import { Anchor, Burger, Group, Image, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { useCaller } from '../api/caller.ts';
import { ColourScheme } from './colour-scheme.tsx';
import { Person } from './person.tsx';

export function Header(props: {
  readonly opened: boolean;
  readonly toggle: () => void;
  readonly burger: RefObject<HTMLButtonElement | null>;
}) {
  const { opened, toggle, burger } = props;
  const caller = useCaller();
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Burger
          ref={burger}
          opened={opened}
          onClick={toggle}
          hiddenFrom="sm"
          size="sm"
          aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
          aria-expanded={opened}
          aria-controls="navigation"
        />
        <Anchor component={Link} to="/" c="inherit" underline="never">
          <Group gap="xs" wrap="nowrap">
            <Image src="/favicon.svg" alt="" w={22} h={22} />
            <Text fw={700}>Octobox</Text>
          </Group>
        </Anchor>
        <Text c="dimmed" truncate visibleFrom="sm">
          {caller?.organisation}
        </Text>
      </Group>
      <Group gap="xs" wrap="nowrap">
        <ColourScheme />
        <Person />
      </Group>
    </Group>
  );
}
