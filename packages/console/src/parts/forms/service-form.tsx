import { NativeSelect, TextInput } from '@mantine/core';
import type { NewService } from '../../api/operations.ts';
import { readDuration } from '../words/duration-text.ts';
import type { Draft } from './draft.ts';

export type ServiceFields = {
  readonly name: string;
  readonly criticality: string;
  readonly rpo: string;
  readonly rto: string;
  readonly rehearse: string;
};

export const durations = [
  ['rpo', 'rpoSeconds', 'At most so much work may be lost (RPO)'],
  ['rto', 'rtoSeconds', 'Back within (RTO)'],
  ['rehearse', 'rehearseSeconds', 'A restore is rehearsed every'],
] as const;

/** What is wrong before the server is asked: by field. */
export function objectionsTo(fields: ServiceFields): Readonly<Record<string, string>> {
  const wrong = durations.filter(
    ([field]) => fields[field].trim() !== '' && readDuration(fields[field]) === undefined,
  );
  return {
    ...(fields.name.trim() === '' ? { name: 'Say what customers call it.' } : {}),
    ...Object.fromEntries(wrong.map(([, key]) => [key, 'Write a time such as 15m, 6h or 2d.'])),
  };
}

/** The fields as the API takes them; an empty time is that of the criticality. */
export const serviceBody = (fields: Partial<ServiceFields>): Partial<NewService> => ({
  ...(fields.name === undefined ? {} : { name: fields.name.trim() }),
  ...(fields.criticality === undefined
    ? {}
    : { criticality: fields.criticality as NewService['criticality'] }),
  ...Object.fromEntries(
    durations
      .map(([field, key]) => [key, readDuration(fields[field] ?? '')] as const)
      .filter(([, seconds]) => seconds !== undefined),
  ),
});

export function ServiceForm({
  draft,
  errors,
  isNew,
}: {
  readonly draft: Draft<ServiceFields>;
  readonly errors: Readonly<Record<string, string>>;
  readonly isNew: boolean;
}) {
  const { fields, set } = draft;
  return (
    <>
      <TextInput
        label="Name"
        description="As customers know it; it stands on the public page."
        value={fields.name}
        onChange={({ currentTarget }) => set('name', currentTarget.value)}
        error={errors.name}
        maxLength={120}
        required
        data-autofocus
      />
      <NativeSelect
        label="Criticality"
        description="How much depends on it."
        data={['critical', 'high', 'normal', 'low']}
        value={fields.criticality}
        onChange={({ currentTarget }) => set('criticality', currentTarget.value)}
        error={errors.criticality}
      />
      {durations.map(([field, key, label]) => (
        <TextInput
          key={field}
          label={label}
          description={
            isNew ? 'Such as 15m, 6h, 2d; empty: as the criticality asks for.' : 'Such as 15m, 6h, 2d.'
          }
          value={fields[field]}
          onChange={({ currentTarget }) => set(field, currentTarget.value)}
          error={errors[key]}
        />
      ))}
    </>
  );
}
