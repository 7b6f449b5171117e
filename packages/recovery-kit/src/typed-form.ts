/**
 * A kit in lines that a person can type (docs/formats.md, "Recovery kit"). The same lines are in the text, in
 * the QR code and in the encrypted file.
 *
 * A line is `<name> <value> =<check>`; a value longer than a line goes on in lines named `+`. The check is of
 * that line alone, so a typing error is found in the line where it is; that of the last line, `end`, is of all.
 */
import { createHash } from 'node:crypto';
import { RecoveryKitError } from './errors.ts';
import { CUSTODIANS, type Kit, type Share } from './kit.ts';

export const BEGIN = '----- BEGIN OCTOBOX RECOVERY KIT -----';
export const END = '----- END OCTOBOX RECOVERY KIT -----';

const VERSION = '1';
const LONGEST_VALUE = 60;
/** Crockford's: no letter that looks like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LINE_CHECK = 4;
const WHOLE_CHECK = 8;

/** The lines of a kit, without begin and end marks. */
export function formatKit(kit: Kit): string[] {
  const { secrets } = kit;
  const fields: [string, string | undefined][] = [
    ['kit', VERSION],
    ['set', kit.set],
    ['made', kit.made.toISOString()],
    ['custodian', kit.custodian],
    ['repository-id', kit.repositoryId],
    ['location', kit.location],
    ...kit.copies.map((copy): [string, string] => ['copy', copy]),
    ['layers', kit.layers.length === 0 ? 'none' : kit.layers.join('+')],
    ...Object.entries(kit.fingerprints).map(([of, value]): [string, string] => [`fingerprint-${of}`, value]),
    ...Object.entries(kit.access).map(([name, value]): [string, string] => [`access-${name}`, value]),
    ['repository-password', secrets.repositoryPassword],
    ['crypt-password', secrets.cryptPassword],
    ['crypt-salt', secrets.cryptSalt],
    ['age-identity', secrets.ageIdentity],
    ['age-share', secrets.ageShare === undefined ? undefined : formatShare(secrets.ageShare)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : formatField(name, value)));
  return [...lines, `end =${check(lines.join('\n'), WHOLE_CHECK)}`];
}

/** The check of a whole kit, as its last line has it. */
export const kitChecksum = (kit: Kit): string => formatKit(kit).at(-1)?.slice('end ='.length) ?? '';

function formatField(name: string, value: string): string[] {
  const escaped = /^[!-~]+$/.test(value) && !value.startsWith('"') ? value : quote(value);
  const pieces = escaped.match(new RegExp(`.{1,${LONGEST_VALUE}}`, 'g')) ?? [''];
  return pieces.map((piece, at) => {
    const line = `${at === 0 ? name : '+'} ${piece}`;
    return `${line} =${check(line, LINE_CHECK)}`;
  });
}

/** A JSON string of printable ASCII without blanks. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(
    /[^!-~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function check(text: string, length: number): string {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  return Array.from(digest.subarray(0, length), (byte) => ALPHABET[byte % 32]).join('');
}

/**
 * The kit in a text: between its marks, or the whole text when it has none. Blanks around and between parts of a
 * line, empty lines and the case of checks do not matter.
 * @param source names the text in errors
 * @throws RecoveryKitError that names the line with a typing error
 */
export function parseKit(text: string, source: string): Kit {
  const fields = joinLines(checkedLines(text, source), source);
  const kitOf = (name: string): string => {
    const value = fields.find(([field]) => field === name)?.[1];
    if (value === undefined) throw unreadable(source, `the line "${name}" is missing`);
    return value;
  };
  const optional = (name: string): string | undefined => fields.find(([field]) => field === name)?.[1];
  const prefixed = (prefix: string): Record<string, string> =>
    Object.fromEntries(
      fields.flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    );
  if (kitOf('kit') !== VERSION)
    throw unreadable(source, `version ${kitOf('kit')} is not known to this octobox`);
  const custodian = CUSTODIANS.find((one) => one === kitOf('custodian'));
  const made = new Date(kitOf('made'));
  const layers = kitOf('layers') === 'none' ? [] : kitOf('layers').split('+');
  if (custodian === undefined || Number.isNaN(made.getTime()) || !layers.every(isLayer)) {
    throw unreadable(source, 'a line holds what no kit has');
  }
  const share = optional('age-share');
  return {
    set: kitOf('set'),
    made,
    custodian,
    repositoryId: kitOf('repository-id'),
    location: kitOf('location'),
    copies: fields.flatMap(([name, value]) => (name === 'copy' ? [value] : [])),
    layers,
    fingerprints: prefixed('fingerprint-'),
    access: prefixed('access-'),
    secrets: {
      repositoryPassword: optional('repository-password'),
      cryptPassword: optional('crypt-password'),
      cryptSalt: optional('crypt-salt'),
      ageIdentity: optional('age-identity'),
      ageShare: share === undefined ? undefined : parseShare(share, source),
    },
  };
}

const isLayer = (name: string): name is 'crypt' | 'age' => name === 'crypt' || name === 'age';

function checkedLines(text: string, source: string): string[] {
  const begin = text.indexOf(BEGIN);
  const from = begin === -1 ? 0 : begin + BEGIN.length;
  const to = text.indexOf(END, from);
  const offset = text.slice(0, from).split('\n').length;
  const lines: string[] = [];
  for (const [at, raw] of text
    .slice(from, to === -1 ? undefined : to)
    .split('\n')
    .entries()) {
    const line = raw.trim().replace(/\s+/g, ' ');
    if (line === '') continue;
    const [, body = '', given = ''] = /^(.*?) ?=\s?([0-9A-Za-z]{4,8})$/.exec(line) ?? [];
    const isLast = body === 'end';
    const expected = isLast ? check(lines.join('\n'), WHOLE_CHECK) : check(body, LINE_CHECK);
    if (normalised(given) !== expected) {
      throw unreadable(
        source,
        isLast
          ? 'a line is missing, doubled or in another place: the check of the whole does not fit'
          : `line ${offset + at} has a typing error: its check does not fit`,
      );
    }
    if (isLast) return lines;
    lines.push(`${body} =${expected}`);
  }
  throw unreadable(source, 'its last line, "end", is missing');
}

/** As Crockford has it: what looks like a digit is one. */
const normalised = (text: string): string => text.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');

function joinLines(lines: readonly string[], source: string): [string, string][] {
  const fields: [string, string][] = [];
  for (const line of lines) {
    const [name = '', value = ''] = line.split(' ');
    const last = fields.at(-1);
    if (name !== '+') fields.push([name, value]);
    else if (last !== undefined) last[1] += value;
  }
  return fields.map(([name, value]) => [name, value.startsWith('"') ? unquote(value, source) : value]);
}

function unquote(value: string, source: string): string {
  try {
    return String(JSON.parse(value));
  } catch (cause) {
    throw unreadable(source, 'a quoted value is broken', cause);
  }
}

const formatShare = ({ number, total, needed, bytes }: Share): string =>
  `${number}/${total}/${needed}/${bytes.toString('hex')}`;

function parseShare(text: string, source: string): Share {
  const [, number, total, needed, hex = ''] =
    /^(\d{1,3})\/(\d{1,3})\/(\d{1,3})\/((?:[0-9a-f]{2}){2,})$/.exec(text) ?? [];
  if (number === undefined) throw unreadable(source, 'its share is malformed');
  return {
    number: Number(number),
    total: Number(total),
    needed: Number(needed),
    bytes: Buffer.from(hex, 'hex'),
  };
}

const unreadable = (source: string, what: string, cause?: unknown): RecoveryKitError =>
  new RecoveryKitError('kit.unreadable', `${source} is no whole recovery kit: ${what}`, {
    cause,
    advice: 'Compare it with the paper, or scan the QR code, which holds the same lines.',
  });
