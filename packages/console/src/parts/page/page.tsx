import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

let first = true;

/**
 * A screen: its name on the tab and as its heading, which takes the focus when one comes from another screen, so that
 * it is read out and the keyboard goes on from there.
 */
export function Page(page: {
  readonly title: string;
  readonly lead?: ReactNode;
  /** What can be done here, right of the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!first) heading.current?.focus({ preventScroll: true });
    first = false;
  }, []);
  return (
    <Stack gap="lg" maw={1200}>
      <title>{`${page.title} · Octobox`}</title>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} ref={heading} tabIndex={-1} size="h2" className="breakable">
            {page.title}
          </Title>
          {page.lead === undefined ? null : (
            <Text c="dimmed" component="div" mt={6}>
              {page.lead}
            </Text>
          )}
        </div>
        {page.actions}
      </Group>
      {page.children}
    </Stack>
  );
}
