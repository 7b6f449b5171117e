import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { Source } from '../../api/operations.ts';
import type { Draft } from './draft.ts';
import type { SourceFields } from './source-fields.ts';

const kinds: readonly { readonly value: Source['kind']; readonly label: string }[] = [
  { value: 'files', label: 'Files: a folder' },
  { value: 'sqlite', label: 'SQLite: a database file' },
  { value: 'postgresql', label: 'PostgreSQL: a database' },
];

const locations: Readonly<Record<Source['kind'], readonly [label: string, example: string]>> = {
  files: ['Folder on the machine of Octobox', '/srv/shop'],
  sqlite: ['File on the machine of Octobox', '/var/lib/shop/shop.db'],
  postgresql: ['Address of the database, without a password', 'postgres://shop@db.internal:5432/shop'],
};

/** The fields of a source; kind and name of one that is there stay as they are. */
export function SourceForm({
  draft,
  errors,
  isNew,
}: {
  readonly draft: Draft<SourceFields>;
  readonly errors: Readonly<Record<string, string>>;
  readonly isNew: boolean;
}) {
  const { fields, set } = draft;
  const [label, example] = locations[fields.kind];
  const text = (field: 'name' | 'location' | 'scratchServer' | 'schedule' | 'drillSchedule' | 'rpo') => ({
    value: fields[field],
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => set(field, currentTarget.value),
  });
  return (
    <>
      {isNew ? (
        <>
          <NativeSelect
            label="Kind"
            data={[...kinds]}
            value={fields.kind}
            onChange={({ currentTarget }) => set('kind', currentTarget.value as Source['kind'])}
          />
          <TextInput label="Name" required maxLength={120} error={errors.name} {...text('name')} />
        </>
      ) : null}
      <TextInput
        label={label}
        description={`Such as ${example}`}
        required
        error={errors.location}
        {...text('location')}
      />
      {fields.kind === 'files' ? (
        <>
          <Textarea
            label="More folders"
            description="One a line."
            autosize
            minRows={1}
            value={fields.paths}
            onChange={({ currentTarget }) => set('paths', currentTarget.value)}
            error={errors['options.paths']}
          />
          <Textarea
            label="Leave out"
            description="Patterns as restic takes them, one a line: *.tmp, /srv/shop/cache"
            autosize
            minRows={1}
            value={fields.excludes}
            onChange={({ currentTarget }) => set('excludes', currentTarget.value)}
            error={errors['options.excludes']}
          />
          <Checkbox
            label="Stay on its file system"
            checked={fields.oneFileSystem}
            onChange={({ currentTarget }) => set('oneFileSystem', currentTarget.checked)}
          />
        </>
      ) : null}
      {fields.kind === 'postgresql' ? (
        <>
          <PasswordInput
            label="Password"
            description={`Sealed in the vault; never shown again.${isNew ? '' : ' Empty: as it is, unless the address changes.'}`}
            autoComplete="off"
            value={fields.password}
            onChange={({ currentTarget }) => set('password', currentTarget.value)}
            error={errors.password}
            visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          />
          <TextInput
            label="Server for rehearsals"
            description="Empty: a private one on the machine of Octobox."
            error={errors['options.scratchServer']}
            {...text('scratchServer')}
          />
          {fields.scratchServer === '' ? null : (
            <PasswordInput
              label="Password of that server"
              autoComplete="off"
              value={fields.scratchPassword}
              onChange={({ currentTarget }) => set('scratchPassword', currentTarget.value)}
              error={errors.scratchPassword}
              visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
            />
          )}
        </>
      ) : null}
      <TextInput
        label="Backed up"
        description="every 1h, or five cron fields with a time zone: 0 3 * * * Europe/Berlin. Empty: on demand only."
        error={errors.schedule}
        {...text('schedule')}
      />
      <TextInput
        label="Rehearsed"
        description={
          isNew
            ? 'In the same way; empty: as the criticality asks for.'
            : 'In the same way; empty: on demand only.'
        }
        error={errors.drillSchedule}
        {...text('drillSchedule')}
      />
      <TextInput
        label="At most so much work may be lost (RPO)"
        description="Such as 15m, 6h, 2d; empty: as its service says."
        error={errors.rpoSeconds}
        {...text('rpo')}
      />
    </>
  );
}
