/** The exact commands of a recovery with stock tools: one step a custodian, in a folder that is empty at first. */
import { rcloneSection } from '@octobox/storage';
import type { Kit } from './kit.ts';

export interface Step {
  readonly title: string;
  readonly explanation: string;
  /** For `sh`; `$COPY` is a folder with the files of the repository as they lie in the storage. */
  readonly commands: readonly string[];
}

const UNSEALED = '1-without-age';
const UNCRYPTED = '2-without-crypt';

const secretFile = (name: string, lines: readonly string[]): string[] => [
  `cat > ${name} <<'END-OF-FILE'`,
  ...lines,
  'END-OF-FILE',
];

/** What this custodian does. */
export function stepOf(kit: Kit): Step {
  switch (kit.custodian) {
    case 'recovery-officer':
      return ageStep(kit);
    case 'server':
      return cryptStep(kit);
    case 'backup-host':
      return resticStep(kit);
  }
}

function ageStep({ secrets, location }: Kit): Step {
  const identity =
    secrets.ageIdentity === undefined
      ? ['# age-identity.txt: octobox kit combine KIT KIT … > age-identity.txt']
      : secretFile('age-identity.txt', [secrets.ageIdentity]);
  return {
    title: 'Step 1 of 3: take the age layer off (age)',
    explanation: `Fetch the files of ${location} into a folder, as they are, and put its path into COPY.`,
    commands: [
      'set -e; umask 077',
      ...identity,
      `(cd "$COPY" && find . -type f -name '*.age') > files.txt`,
      'while read -r file; do',
      `  mkdir -p "${UNSEALED}/$(dirname "$file")"`,
      `  age -d -i age-identity.txt -o "${UNSEALED}/\${file%.age}" "$COPY/$file"`,
      'done < files.txt',
    ],
  };
}

function cryptStep({ layers, secrets }: Kit): Step {
  const { cryptPassword = '', cryptSalt } = secrets;
  const section = rcloneSection('octobox', UNSEALED, {
    password: cryptPassword,
    ...(cryptSalt === undefined ? {} : { salt: cryptSalt }),
  });
  return {
    title: 'Step 2 of 3: take the crypt layer off (rclone)',
    explanation: layers.includes('age')
      ? 'In the same folder, after step 1.'
      : 'There is no age layer, so no step 1. COPY is a folder with the files of the repository.',
    commands: [
      'set -e; umask 077',
      ...(layers.includes('age') ? [] : [`ln -s "$COPY" ${UNSEALED}`]),
      ...secretFile('rclone.conf', section.trimEnd().split('\n')),
      `rclone --config rclone.conf copy octobox: ${UNCRYPTED}`,
    ],
  };
}

function resticStep({ layers, secrets }: Kit): Step {
  const folder = layers.includes('crypt') ? UNCRYPTED : layers.includes('age') ? UNSEALED : '"$COPY"';
  return {
    title: 'Step 3 of 3: restore (restic)',
    explanation:
      layers.length === 0
        ? 'There are no outer layers, so no steps 1 and 2. COPY is the folder of the repository.'
        : 'In the same folder, after the steps before it.',
    commands: [
      'set -e; umask 077',
      ...secretFile('restic-password.txt', [secrets.repositoryPassword ?? '']),
      `mkdir -p ${folder}/locks`,
      `restic -r ${folder} -p restic-password.txt snapshots`,
      `restic -r ${folder} -p restic-password.txt restore latest --target restored`,
    ],
  };
}
