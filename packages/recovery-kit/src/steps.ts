/** The exact commands of a recovery with stock tools: one step a custodian, in a folder that is empty at first. */
import { rcloneSection } from '@octobox/storage/layers';
import { AS_STORED } from './fetching.ts';
import type { Kit, Share } from './kit.ts';

export interface Step {
  readonly title: string;
  readonly explanation: string;
  /** For `sh`; `$COPY` is a folder with the files of the repository as they lie in the storage: what was fetched. */
  readonly commands: readonly string[];
}

/** Set already when the files are elsewhere, for example on a disk. */
const COPY = `: "\${COPY:=$PWD/${AS_STORED}}"`;
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

function ageStep({ secrets }: Kit): Step {
  const identity =
    secrets.ageShare !== undefined
      ? combineCommands(secrets.ageShare)
      : secretFile('age-identity.txt', [secrets.ageIdentity ?? '']);
  return {
    title: 'Step 1 of 3: take the age layer off (age)',
    explanation:
      `In the folder with ${AS_STORED}; COPY may name another one with the files.` +
      (secrets.ageShare === undefined
        ? ''
        : ' Every holder of a share does this, one after the other in the same folder; it goes on when there are enough.'),
    commands: [
      'set -e; umask 077',
      ...identity,
      COPY,
      `(cd "$COPY" && find . -type f -name '*.age' ! -path './tmp/*' ! -path './trash/*') > files.txt`,
      'while read -r file; do',
      `  mkdir -p "${UNSEALED}/$(dirname "$file")"`,
      `  age -d -i age-identity.txt -o "${UNSEALED}/\${file%.age}" "$COPY/$file"`,
      'done < files.txt',
    ],
  };
}

/**
 * Lagrange interpolation at 0 over GF(2^8), without a package: 3 generates its multiplicative group, so products
 * and quotients are sums and differences of logarithms. No line is indented, which paper and copying would lose.
 */
function combineCommands({ needed, bytes }: Share): string[] {
  const pieces = bytes.toString('hex').match(/.{1,60}/g) ?? [];
  return [
    "printf '%s' \\",
    ...pieces.map((piece) => `${piece} \\`),
    '>> shares.txt; echo >> shares.txt',
    '# or: octobox kit combine KIT KIT … > age-identity.txt',
    "python3 - > age-identity.txt <<'END-OF-FILE'",
    'import sys',
    'from functools import reduce',
    "s = [bytes.fromhex(line) for line in set(open('shares.txt').read().split())]",
    `if len(s) < ${needed}: sys.exit('%d of ${needed} needed shares are here' % len(s))`,
    'e = [1]',
    'while len(e) < 255: e.append(e[-1] ^ e[-1] << 1 ^ (283 if e[-1] & 128 else 0))',
    'm = lambda a, b: a and b and e[(e.index(a) + e.index(b)) % 255]',
    'd = lambda a, b: a and e[(e.index(a) - e.index(b)) % 255]',
    'w = [reduce(lambda p, k: m(p, d(k[-1], k[-1] ^ j[-1])), [k for k in s if k != j], 1) for j in s]',
    'f = lambda i: chr(reduce(lambda v, c: v ^ m(c[0], c[1][i]), zip(w, s), 0))',
    "print(''.join(f(i) for i in range(len(s[0]) - 1)))",
    'END-OF-FILE',
  ];
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
      : `There is no age layer, so no step 1. In the folder with ${AS_STORED}; COPY may name another one with the files.`,
    commands: [
      'set -e; umask 077',
      ...(layers.includes('age') ? [] : [COPY, `ln -s "$COPY" ${UNSEALED}`]),
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
        ? `There are no outer layers, so no steps 1 and 2. In the folder with ${AS_STORED}; COPY may name another one with the files.`
        : 'In the same folder, after the steps before it.',
    commands: [
      'set -e; umask 077',
      ...(layers.length === 0 ? [COPY] : []),
      ...secretFile('restic-password.txt', [secrets.repositoryPassword ?? '']),
      `mkdir -p ${folder}/locks`,
      `restic -r ${folder} -p restic-password.txt snapshots`,
      `restic -r ${folder} -p restic-password.txt restore latest --target restored`,
    ],
  };
}
