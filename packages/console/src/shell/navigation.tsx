import { NavLink, ScrollArea, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useMay } from '../api/caller.ts';
import { Icon } from '../parts/page/icon.tsx';
import { type NavigationItem, navigationGroups } from './navigation-items.ts';

/** The screens that the role of who is signed in may see. */
export function Navigation() {
  const may = useMay();
  return (
    <ScrollArea type="auto">
      {navigationGroups.map(({ name, items }) => {
        const shown = items.filter(({ permission }) => permission === undefined || may(permission));
        if (shown.length === 0) return null;
        return (
          <section key={name} aria-label={name}>
            <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm" pb={4} aria-hidden>
              {name}
            </Text>
            <ul className="plain">
              {shown.map((item) => (
                <li key={item.name}>
                  <Item item={item} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </ScrollArea>
  );
}

function Item({ item }: { item: NavigationItem }) {
  const { pathname } = useLocation();
  const shared = { label: item.name, leftSection: <Icon name={item.icon} />, style: { borderRadius: 8 } };
  if ('href' in item) return <NavLink {...shared} component="a" href={item.href} />;
  const here = [item.to, ...(item.and ?? [])].some(
    (path) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)),
  );
  return (
    <NavLink
      {...shared}
      component={Link}
      to={item.to}
      active={here}
      variant="light"
      aria-current={here ? 'page' : undefined}
    />
  );
}
