import type { NewSource, Source, SourceChanges } from '../../api/operations.ts';
import { readDuration, writeDuration } from '../words/duration-text.ts';

export type SourceFields = {
  readonly kind: Source['kind'];
  readonly name: string;
  readonly location: string;
  /** One a line. */
  readonly paths: string;
  readonly excludes: string;
  readonly oneFileSystem: boolean;
  readonly scratchServer: string;
  readonly schedule: string;
  readonly drillSchedule: string;
  readonly rpo: string;
  readonly password: string;
  readonly scratchPassword: string;
};

export const secretFields = ['password', 'scratchPassword'] as const satisfies (keyof SourceFields)[];

export const newSourceFields: SourceFields = {
  kind: 'files',
  name: '',
  location: '',
  paths: '',
  excludes: '',
  oneFileSystem: false,
  scratchServer: '',
  schedule: 'every 6h',
  drillSchedule: '',
  rpo: '',
  password: '',
  scratchPassword: '',
};

export const fieldsOfSource = ({ options, ...source }: Source): SourceFields => ({
  kind: source.kind,
  name: source.name,
  location: source.location,
  paths: (options.paths ?? []).join('\n'),
  excludes: (options.excludes ?? []).join('\n'),
  oneFileSystem: options.oneFileSystem ?? false,
  scratchServer: options.scratchServer ?? '',
  schedule: source.schedule ?? '',
  drillSchedule: source.drillSchedule ?? '',
  rpo: source.ownRpoSeconds === undefined ? '' : writeDuration(source.ownRpoSeconds),
  password: '',
  scratchPassword: '',
});

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const textOr = <T>(text: string, absent: T): string | T => (text.trim() === '' ? absent : text.trim());

/** What is wrong before the server is asked: by the field's name in the API. */
export const objectionsToSource = (fields: SourceFields): Readonly<Record<string, string>> => ({
  ...(fields.name.trim() === '' ? { name: 'Give it a name.' } : {}),
  ...(fields.location.trim() === '' ? { location: 'Say where it is.' } : {}),
  ...(fields.rpo.trim() !== '' && readDuration(fields.rpo) === undefined
    ? { rpoSeconds: 'Write a time such as 15m, 6h or 2d.' }
    : {}),
});

/** A new source: what its kind has no use for is left out. */
export function newSourceBody(serviceId: string, fields: SourceFields): NewSource {
  const { kind } = fields;
  const isFiles = kind === 'files';
  const isDatabase = kind === 'postgresql';
  const paths = lines(fields.paths);
  const excludes = lines(fields.excludes);
  const options = {
    ...(isFiles && paths.length > 0 ? { paths } : {}),
    ...(isFiles && excludes.length > 0 ? { excludes } : {}),
    ...(isFiles && fields.oneFileSystem ? { oneFileSystem: true } : {}),
    ...(isDatabase && fields.scratchServer.trim() !== ''
      ? { scratchServer: fields.scratchServer.trim() }
      : {}),
  };
  return {
    serviceId,
    kind,
    name: fields.name.trim(),
    location: fields.location.trim(),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    schedule: textOr(fields.schedule, undefined),
    drillSchedule: textOr(fields.drillSchedule, undefined),
    rpoSeconds: readDuration(fields.rpo),
    ...(isDatabase
      ? { password: fields.password || undefined, scratchPassword: fields.scratchPassword || undefined }
      : {}),
  };
}

/** Only what `changed` names; what was emptied is taken away. */
export function sourceChangesBody(
  fields: SourceFields,
  changed: readonly (keyof SourceFields)[],
): SourceChanges {
  const has = (field: keyof SourceFields): boolean => changed.includes(field);
  const list = (text: string) => (lines(text).length === 0 ? null : lines(text));
  const options = {
    ...(has('paths') ? { paths: list(fields.paths) } : {}),
    ...(has('excludes') ? { excludes: list(fields.excludes) } : {}),
    ...(has('oneFileSystem') ? { oneFileSystem: fields.oneFileSystem ? true : null } : {}),
    ...(has('scratchServer') ? { scratchServer: textOr(fields.scratchServer, null) } : {}),
  };
  return {
    ...(has('location') ? { location: fields.location.trim() } : {}),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(has('schedule') ? { schedule: textOr(fields.schedule, null) } : {}),
    ...(has('drillSchedule') ? { drillSchedule: textOr(fields.drillSchedule, null) } : {}),
    ...(has('rpo') ? { rpoSeconds: readDuration(fields.rpo) ?? null } : {}),
    ...(has('password') ? { password: fields.password } : {}),
    ...(has('scratchPassword') ? { scratchPassword: fields.scratchPassword } : {}),
  };
}
