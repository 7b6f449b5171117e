/** What a kit says, for people, independent of paper or screen. */
import { type Fetching, fetchingOf } from './fetching.ts';
import type { Kit } from './kit.ts';
import { type Step, stepOf } from './steps.ts';
import { formatKit, kitChecksum } from './typed-form.ts';

export interface KitDocument {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly paragraphs: readonly string[];
  readonly fetching: Fetching;
  readonly step: Step;
  readonly octobox: readonly string[];
  /** The lines that can be typed or scanned. */
  readonly typed: readonly string[];
}

const NAMES = {
  'backup-host': 'backup host',
  server: 'Octobox server',
  'recovery-officer': 'recovery officer',
} as const;

const KEEPS = {
  'backup-host': 'the password of the repository',
  server: 'password and salt of the crypt layer',
  'recovery-officer': 'the age identity',
} as const;

export function describeKit(kit: Kit): KitDocument {
  const share = kit.secrets.ageShare;
  const who = NAMES[kit.custodian] + (share === undefined ? '' : `, share ${share.number} of ${share.total}`);
  return {
    title: `Octobox recovery kit: ${who}`,
    facts: [
      ['Set', kit.set],
      ['Made', kit.made.toISOString()],
      ['Checksum', kitChecksum(kit)],
      ['Repository', kit.repositoryId],
      ['Location', kit.location],
      ...kit.copies.map((copy): [string, string] => ['Copy', copy]),
      ['Layers', ['restic', ...kit.layers].join(', then ')],
      ...Object.entries(kit.fingerprints).map(([of, value]): [string, string] => [
        `Fingerprint, ${of}`,
        value,
      ]),
    ],
    paragraphs: [
      `This kit holds ${share === undefined ? KEEPS[kit.custodian] : `a share of the age identity; any ${share.needed} of ${share.total} are needed`}. Whoever has it has that secret. Keep it off line, apart from the kits of the other custodians: all together open the backups.`,
      'It is of use only while the fingerprints are those of the present keys. `octobox kit status` tells; `octobox kit verify` proves the kits by restoring with nothing but them.',
      'The lines at the end hold everything that a program needs. Each has a check of four letters and digits behind the equals sign, which finds typing errors; the QR code holds the same lines.',
    ],
    fetching: fetchingOf(kit),
    step: stepOf(kit),
    octobox: octoboxCommands(kit),
    typed: formatKit(kit),
  };
}

/** With Octobox the outer layers need not be taken off first. */
function octoboxCommands(kit: Kit): string[] {
  const keys = kit.layers.length === 0 ? '' : ' --layer-keys keys';
  const access = Object.keys(kit.access).map((name) => `export ${name}=…    # below, as access-${name}`);
  switch (kit.custodian) {
    case 'recovery-officer':
      return ['umask 077; mkdir -p keys; cp age-identity.txt keys/drill-identity'];
    case 'server':
      return [
        'umask 077; mkdir -p keys',
        "cat > keys/crypt-key <<'END-OF-FILE'",
        kit.secrets.cryptPassword ?? '',
        ...(kit.secrets.cryptSalt === undefined ? [] : [kit.secrets.cryptSalt]),
        'END-OF-FILE',
        ...access,
      ];
    case 'backup-host':
      return [
        ...access,
        `octobox -r '${kit.location}'${keys} -p restic-password.txt restore latest --target restored`,
      ];
  }
}
