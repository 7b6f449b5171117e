/**
 * The headers of tar archives (POSIX.1-2001, "pax Interchange Format"), as Go's archive/tar writes them: ustar fields
 * where they are enough, pax records in front for what they cannot hold.
 */
export interface TarEntry {
  /** Relative, with `/` between names; folders end in one. Need not be UTF-8. */
  readonly name: Buffer;
  readonly type: 'file' | 'folder' | 'symlink' | 'character' | 'block' | 'fifo';
  /** permission and special bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  /** bytes of content that follow */
  readonly size: bigint;
  /** Nanoseconds since 1970. */
  readonly modified: bigint;
  readonly accessed?: bigint | undefined;
  readonly changed?: bigint | undefined;
  readonly linkName?: Buffer | undefined;
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
  /** Further pax records, by whole key. */
  readonly records?: readonly (readonly [Buffer, Buffer])[] | undefined;
}

export const BLOCK = 512;

const TYPES: Readonly<Record<TarEntry['type'], string>> = {
  file: '0',
  symlink: '2',
  character: '3',
  block: '4',
  folder: '5',
  fifo: '6',
};

/** Fields of the ustar header: offset and length in bytes. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  user: [265, 32],
  group: [297, 32],
  major: [329, 8],
  minor: [337, 8],
} as const;
type Field = keyof typeof FIELD;

const BILLION = 1_000_000_000n;

/** The header of an entry, with its pax records when it needs any. */
export function tarHeader(entry: TarEntry): Buffer {
  const records: [Buffer, Buffer][] = [];
  const text = (key: string, field: Field, value: Buffer): Buffer => {
    if (value.length <= FIELD[field][1] && isPlain(value)) return value;
    records.push([Buffer.from(key), value]);
    return Buffer.from(value.toString('latin1').replaceAll(/[^ -~]/g, '?'), 'latin1');
  };
  const number = (key: string, field: Field, value: bigint): bigint => {
    if (value >= 0n && value < 8n ** BigInt(FIELD[field][1] - 1)) return value;
    records.push([Buffer.from(key), Buffer.from(String(value))]);
    return 0n;
  };
  const time = (key: string, value: bigint | undefined): void => {
    if (value !== undefined) records.push([Buffer.from(key), Buffer.from(paxTime(value))]);
  };
  const block = newBlock(TYPES[entry.type]);
  write(block, 'name', text('path', 'name', entry.name));
  write(block, 'linkName', text('linkpath', 'linkName', entry.linkName ?? Buffer.alloc(0)));
  write(block, 'user', text('uname', 'user', Buffer.from(entry.user)));
  write(block, 'group', text('gname', 'group', Buffer.from(entry.group)));
  writeOctal(block, 'mode', BigInt(entry.mode));
  writeOctal(block, 'uid', number('uid', 'uid', BigInt(entry.uid)));
  writeOctal(block, 'gid', number('gid', 'gid', BigInt(entry.gid)));
  writeOctal(block, 'size', number('size', 'size', entry.size));
  writeOctal(block, 'major', BigInt(entry.major ?? 0));
  writeOctal(block, 'minor', BigInt(entry.minor ?? 0));
  const seconds = floorSeconds(entry.modified);
  const fits = seconds >= 0n && seconds < 8n ** 11n;
  writeOctal(block, 'mtime', fits ? seconds : 0n);
  if (!fits || entry.modified !== seconds * BILLION) time('mtime', entry.modified);
  time('atime', entry.accessed);
  time('ctime', entry.changed);
  records.push(...((entry.records ?? []) as [Buffer, Buffer][]));
  seal(block);
  return records.length === 0 ? block : Buffer.concat([...paxHeader(entry.name, records), block]);
}

/** What fills the last block of so many bytes. */
export const tarPadding = (size: bigint): Buffer =>
  Buffer.alloc(Number((BigInt(BLOCK) - (size % BigInt(BLOCK))) % BigInt(BLOCK)));

export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK);

function paxHeader(name: Buffer, records: readonly (readonly [Buffer, Buffer])[]): Buffer[] {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const block = newBlock('x');
  const shown = `PaxHeaders.0/${name
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '?')
    .replace(/\/$/, '')}`;
  write(block, 'name', Buffer.from(shown.slice(0, 100), 'latin1'));
  writeOctal(block, 'mode', 0o644n);
  for (const field of ['uid', 'gid', 'mtime'] as const) writeOctal(block, field, 0n);
  writeOctal(block, 'size', BigInt(body.length));
  seal(block);
  return [block, body, tarPadding(BigInt(body.length))];
}

/** `length key=value` and a line feed; the length counts itself. */
function paxRecord(key: Buffer, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} `), key, Buffer.from('='), value, Buffer.from('\n')]);
}

/** Seconds with a fraction, which is never negative by itself: -1.5 is what lies half a second before -1. */
function paxTime(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const whole = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = String(whole % BILLION)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${whole / BILLION}${fraction === '' ? '' : `.${fraction}`}`;
}

const floorSeconds = (nanoseconds: bigint): bigint => {
  const rest = nanoseconds % BILLION;
  return (nanoseconds - (rest < 0n ? rest + BILLION : rest)) / BILLION;
};

const isPlain = (value: Buffer): boolean => value.every((byte) => byte > 0 && byte < 0x80);

function newBlock(type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  write(block, 'type', Buffer.from(type));
  write(block, 'magic', Buffer.from('ustar\x0000', 'latin1'));
  return block;
}

function write(block: Buffer, field: Field, value: Buffer): void {
  const [offset, length] = FIELD[field];
  value.copy(block, offset, 0, Math.min(value.length, length));
}

function writeOctal(block: Buffer, field: Field, value: bigint): void {
  const [offset, length] = FIELD[field];
  block.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
}

function seal(block: Buffer): void {
  const [offset, length] = FIELD.checksum;
  block.fill(0x20, offset, offset + length);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, offset, 'latin1');
}
