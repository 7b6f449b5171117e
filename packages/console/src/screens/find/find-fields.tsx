import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import type { Source } from '../../api/operations.ts';
import { TextLink } from '../../parts/page/link.tsx';
import { shownPath } from '../../parts/records/snapshot-paths.ts';
import { objectionsTo, readWanted, type Wanted } from './wanted.ts';

/** What is looked for, and where. When it is sent it goes into the address, which can be handed on. */
export function FindFields({ wanted, sources }: { wanted: Wanted; sources: readonly Source[] }) {
  const navigate = useNavigate({ from: '/snapshots/find' });
  const only = sources.length === 1 ? sources[0]?.id : undefined;
  const [typed, setTyped] = useState(wanted);
  const [isSent, setSent] = useState(false);
  // Another address, as by the way back.
  useEffect(() => setTyped(wanted), [wanted]);
  const given = readWanted({ ...typed, source: typed.source ?? only });
  const objections = objectionsTo(given);
  const shown = isSent ? objections : { ...objections, source: undefined, search: undefined };
  const set = (name: keyof Wanted) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setTyped(({ [name]: _, ...others }) => (value === '' ? others : { ...others, [name]: value }));
  };
  const { path, ...everywhere } = wanted;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (Object.values(objections).some((each) => each !== undefined)) return;
    const { file: _, ...search } = given;
    // A folder is one of a source.
    if (search.source !== wanted.source) delete search.path;
    void navigate({ search: { ...search, search: search.search?.trim() ?? '' } });
  };
  return (
    <search>
      <form onSubmit={submit} noValidate>
        <Group align="flex-start" gap="md">
          <NativeSelect
            label="Source"
            description="Where it was"
            value={given.source ?? ''}
            onChange={set('source')}
            error={shown.source}
            data={[
              ...(only === undefined ? [{ value: '', label: 'Choose one' }] : []),
              ...sources.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            w={{ base: '100%', xs: 200 }}
          />
          <TextInput
            label="Name"
            description="A part of it, or a pattern for all of it"
            value={typed.search ?? ''}
            onChange={set('search')}
            error={shown.search}
            maxLength={200}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            flex="1 1 16rem"
            maw={{ xs: 420 }}
          />
          {(['from', 'to'] as const).map((name) => (
            <TextInput
              key={name}
              type="date"
              label={name === 'from' ? 'Taken from' : 'Taken to'}
              description="A day by UTC"
              value={typed[name] ?? ''}
              onChange={set(name)}
              error={name === 'to' ? shown.to : undefined}
              w={{ base: 'calc(50% - 8px)', xs: 150 }}
            />
          ))}
        </Group>
        <Group gap="md" mt="md">
          <Button type="submit">Look for it</Button>
          {path === undefined || typed.source !== wanted.source ? null : (
            <Text size="sm" className="breakable">
              Only below <bdi>{shownPath(path)}</bdi>.{' '}
              <TextLink to="/snapshots/find" search={everywhere} underline="always" preload={false}>
                Everywhere
              </TextLink>
            </Text>
          )}
        </Group>
      </form>
    </search>
  );
}
