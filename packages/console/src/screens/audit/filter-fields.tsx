import { Group, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { type AuditFilter, isSame, readFilter } from './filter.ts';

const fields = [
  ['search', 'Search', 'text', 'In all of an entry'],
  ['person', 'Who', 'text', 'A part of the name'],
  ['kind', 'What was done', 'text', 'Its beginning, such as member'],
  ['object', 'To what', 'text', 'Such as service, or an id'],
  ['from', 'From', 'date', 'By UTC'],
  ['to', 'To', 'date', 'By UTC'],
] as const;

/** What is typed goes into the address, from which the screen reads it: it outlives a reload, and can be sent to others. */
export function FilterFields({ filter }: { readonly filter: AuditFilter }) {
  const navigate = useNavigate({ from: '/audit' });
  const [typed, setTyped] = useState<AuditFilter>(filter);
  const [settled] = useDebouncedValue(typed, 300);
  const sent = useRef(filter);
  useEffect(() => {
    const wanted = readFilter({ ...settled });
    if (isSame(wanted, sent.current)) return;
    sent.current = wanted;
    void navigate({ search: wanted, replace: true });
  }, [settled, navigate]);
  useEffect(() => {
    // An address that did not come from these fields, such as that of the navigation.
    if (isSame(filter, sent.current)) return;
    sent.current = filter;
    setTyped(filter);
  }, [filter]);
  return (
    <Group gap="md" align="flex-end">
      {fields.map(([name, label, type, description]) => (
        <TextInput
          key={name}
          type={type}
          label={label}
          description={description}
          value={typed[name] ?? ''}
          onChange={({ currentTarget }) => setTyped({ ...typed, [name]: currentTarget.value })}
          maxLength={200}
          w={{ base: 'calc(50% - 8px)', xs: 190 }}
        />
      ))}
    </Group>
  );
}
