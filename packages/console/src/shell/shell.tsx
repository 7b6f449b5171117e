import { AppShell } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useCaller } from '../api/caller.ts';
import { Told } from '../parts/notices/told.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { TimeOverScreen } from './time-over-screen.tsx';

/** What is around every screen: where one is, where one can go, who one is. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const burger = useRef<HTMLButtonElement>(null);
  const { pathname } = useLocation();
  const { until, permissions = [] } = useCaller() ?? {};
  // By the clock of the server. The own account stays one's own.
  const isOver = until !== undefined && permissions.length === 0 && pathname !== '/account';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the drawer of a phone
  useEffect(close, [pathname]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="var(--octo-gap)"
    >
      <a className="skip" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Header opened={opened} toggle={toggle} burger={burger} />
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        aria-label="Console"
        id="navigation"
        className={opened ? undefined : 'put-away'}
        onKeyDown={({ key }) => {
          if (key !== 'Escape' || !opened) return;
          close();
          burger.current?.focus();
        }}
      >
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {isOver ? <TimeOverScreen until={until} /> : <Outlet />}
        <Told />
      </AppShell.Main>
    </AppShell>
  );
}
