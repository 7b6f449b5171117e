import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { VaultEntry } from '../../api/operations.ts';
import { useServices } from '../../api/service-names.ts';
import { entryKinds } from '../words/vault-words.ts';
import type { Draft } from './draft.ts';

export interface EntryFields extends Readonly<Record<string, string>> {
  readonly name: string;
  readonly kind: VaultEntry['kind'];
  readonly login: string;
  readonly customer: string;
  readonly serviceId: string;
  readonly secret: string;
}

export const newEntry: EntryFields = {
  ...{ name: '', kind: 'email-account', login: '', customer: '', serviceId: '', secret: '' },
};

/** What is never kept in the browser. */
export const secretOfEntry = ['secret'] as const;

/** The fields of an entry; its name is never changed, because the secret is bound to it. */
export function VaultEntryForm({
  draft,
  errors,
  isNew,
}: {
  readonly draft: Draft<EntryFields>;
  readonly errors: Readonly<Record<string, string>>;
  readonly isNew: boolean;
}) {
  const { fields, set } = draft;
  const services = useServices();
  const [hasLines, setHasLines] = useState(false);
  const text = (field: 'name' | 'login' | 'customer' | 'secret') => ({
    value: fields[field],
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => set(field, currentTarget.value),
    error: errors[field],
    autoComplete: 'off',
  });
  const secret = {
    ...text('secret'),
    label: isNew ? 'Secret' : 'New secret',
    description: isNew ? 'Sealed before it reaches the database' : 'Empty: the one that is there stays',
  };
  return (
    <>
      {isNew ? (
        <TextInput
          label="Name"
          description="Of your own choice, and never changed: the secret is bound to it"
          required
          withAsterisk={false}
          {...text('name')}
        />
      ) : null}
      <NativeSelect
        label="Kind"
        data={[...entryKinds]}
        value={fields.kind}
        onChange={({ currentTarget }) => set('kind', currentTarget.value as VaultEntry['kind'])}
      />
      <TextInput
        label="Login, if there is one"
        description="The name to sign in with; no secret"
        {...text('login')}
      />
      <TextInput label="Customer, if it is a customer’s" {...text('customer')} />
      <NativeSelect
        label="Service, if it is for one"
        data={[{ value: '', label: 'None' }, ...services.map(({ id, name }) => ({ value: id, label: name }))]}
        value={fields.serviceId}
        onChange={({ currentTarget }) => set('serviceId', currentTarget.value)}
      />
      {hasLines ? (
        <Textarea
          autosize
          minRows={4}
          maxRows={10}
          styles={{ input: { fontFamily: 'monospace' } }}
          {...secret}
        />
      ) : (
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          {...secret}
          autoComplete="new-password"
        />
      )}
      <Checkbox
        label="It has several lines, as a private key has"
        checked={hasLines}
        onChange={({ currentTarget }) => setHasLines(currentTarget.checked)}
      />
    </>
  );
}
