import { Menu, Stack, Text, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useCaller } from '../api/caller.ts';
import { roleName } from '../api/roles.ts';
import { Icon } from '../parts/page/icon.tsx';
import { Moment } from '../parts/words/moment.tsx';

/** Who is signed in, in which role, and the way out. */
export function Person() {
  const caller = useCaller();
  if (caller === undefined) return null;
  const role = caller.role === undefined ? 'No member any more' : roleName(caller.role);
  return (
    <Menu position="bottom-end" width={260} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton p={6}>
          <Stack gap={0} align="flex-end" visibleFrom="xs">
            <Text size="sm" fw={600} lh={1.2}>
              {caller.name}
            </Text>
            <Text size="xs" c="dimmed" lh={1.2}>
              {role}
            </Text>
          </Stack>
          <Text hiddenFrom="xs" span>
            <Icon name="person" />
          </Text>
          <span className="shown-to-readers">Your account</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" px="sm" pt={6} className="breakable">
          {caller.email}
        </Text>
        <Text size="sm" px="sm" pb={6} c="dimmed">
          {role}
          {caller.until === undefined ? null : (
            <>
              {' '}
              until <Moment at={caller.until} />
            </>
          )}
        </Text>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account">
          Your account
        </Menu.Item>
        <Menu.Divider />
        <form method="post" action="/sign-out">
          <Menu.Item type="submit">Sign out</Menu.Item>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
