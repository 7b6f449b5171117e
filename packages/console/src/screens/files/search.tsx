import { Button, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { TextLink } from '../../parts/page/link.tsx';

/** Looks for names below the folder that is shown. */
export function Search(looked: {
  readonly source: string;
  readonly path: string;
  readonly search: string | undefined;
}) {
  const { source, path, search } = looked;
  const navigate = useNavigate({ from: '/snapshots/$snapshot/files' });
  const [text, setText] = useState(search ?? '');
  const objection = text.includes('/') ? 'A name has no /: go to the folder first.' : undefined;
  const go = (wanted: string | undefined) => void navigate({ search: { path, search: wanted } });
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (objection === undefined) go(text.trim() || undefined);
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={
              path === '/' ? 'Look for a name in the whole snapshot' : 'Look for a name below this folder'
            }
            description="A part of it, or a pattern for all of it: *.pdf"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            error={objection}
            maxLength={200}
            flex="1 1 16rem"
            maw={420}
          />
          <Group gap="sm">
            <Button type="submit" variant="default">
              Search
            </Button>
            {search === undefined ? null : (
              <>
                <Button variant="subtle" onClick={() => go(undefined)}>
                  Show the folder
                </Button>
                <TextLink
                  to="/snapshots/find"
                  search={{ source, search, ...(path === '/' ? {} : { path }) }}
                  preload={false}
                >
                  In all snapshots
                </TextLink>
              </>
            )}
          </Group>
        </Group>
      </form>
    </search>
  );
}
