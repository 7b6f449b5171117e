import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsQR from 'jsqr';
import {
  BEGIN,
  combineKits,
  combineShares,
  describeKit,
  fingerprint,
  formatKit,
  type Kit,
  kitChecksum,
  parseKit,
  renderPdf,
  renderText,
  splitSecret,
} from './index.ts';

const IDENTITY = `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`;

const facts = {
  set: '1a2b3c4d',
  made: new Date('2026-11-25T17:00:00.000Z'),
  repositoryId: 'ab'.repeat(32),
  location: 's3:https://s3.example.com/bucket/a-rather-long-prefix/that-goes-on-and-on/for-a-while',
  copies: ['off-site sftp:backup@elsewhere:/srv/copy'],
  layers: ['crypt', 'age'],
  fingerprints: { password: '0123456789abcdef', crypt: 'fedcba9876543210' },
} as const;

const server: Kit = {
  ...facts,
  custodian: 'server',
  secrets: { cryptPassword: '8Q4KxYb6p09twU6wRkyi_X8Fqy8uJtkw', cryptSalt: 'sal t "ü" \\ =x' },
  access: { AWS_SECRET_ACCESS_KEY: 'abc/def+ghi==' },
};
const host: Kit = {
  ...facts,
  custodian: 'backup-host',
  secrets: { repositoryPassword: 'pass word' },
  access: {},
};
const officer: Kit = {
  ...facts,
  custodian: 'recovery-officer',
  secrets: { ageIdentity: IDENTITY },
  access: {},
};

const withoutAbsent = (kit: Kit): Kit => JSON.parse(JSON.stringify(kit));

describe('a kit in lines that can be typed', () => {
  it('is the same after it was read again, alone or inside its text', () => {
    for (const kit of [server, host, officer]) {
      const lines = formatKit(kit);
      for (const text of [lines.join('\n'), renderText(describeKit(kit)), lines.join('\r\n\r\n')]) {
        assert.deepEqual(withoutAbsent(parseKit(text, 'kit')), withoutAbsent(kit));
      }
      assert.ok(
        lines.every((line) => /^[!-~ ]{1,90}$/.test(line)),
        'short lines of printable ASCII',
      );
      assert.equal(lines.at(-1), `end =${kitChecksum(kit)}`);
    }
  });

  it('keeps any password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (repositoryPassword) => {
        const kit = { ...host, secrets: { repositoryPassword } };
        assert.equal(
          parseKit(formatKit(kit).join('\n'), 'kit').secrets.repositoryPassword,
          repositoryPassword,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('does not mind what a person does differently', () => {
    const text = formatKit(server)
      .map((line) => `  ${line.replace(' =', '   = ').replaceAll(' ', '  ')}  `)
      .join('\n\n');
    const lower = text.replace(
      /= {2}([0-9A-Z]+)/g,
      (_, check: string) => `= ${check.toLowerCase().replaceAll('0', 'o')}`,
    );
    assert.deepEqual(withoutAbsent(parseKit(lower, 'typed')), withoutAbsent(server));
  });

  it('names the line of every typing error', () => {
    const lines = formatKit(officer);
    const at = lines.findIndex((line) => line.startsWith('age-identity'));
    const wrong = lines.with(at, (lines[at] ?? '').replace('PZRY9', 'PZRV9'));
    assert.throws(
      () => parseKit(wrong.join('\n'), 'typed'),
      (error: Error) => {
        assert.match(
          error.message,
          new RegExp(`typed is no whole recovery kit: line ${at + 1} has a typing error`),
        );
        assert.ok(!error.message.includes('AGE-SECRET'));
        return true;
      },
    );
    assert.throws(() => parseKit(lines.toSpliced(3, 1).join('\n'), 'typed'), /a line is missing/);
    assert.throws(
      () =>
        parseKit(
          lines
            .with(3, lines[4] ?? '')
            .with(4, lines[3] ?? '')
            .join('\n'),
          'x',
        ),
      /another place/,
    );
    assert.throws(() => parseKit(lines.slice(0, -1).join('\n'), 'x'), /last line/);
    assert.throws(() => parseKit('', 'x'), /last line/);
    assert.throws(() => parseKit(`${BEGIN}\nrubbish`, 'x'), /line 2 has a typing error|last line/);
  });

  it('finds every single wrong character', () => {
    const lines = formatKit(server);
    fc.assert(
      fc.property(
        fc.nat(lines.length - 2),
        fc.nat(60),
        fc.constantFrom(...'abcXYZ019_-'),
        (line, column, letter) => {
          const old = lines[line] ?? '';
          const body = old.slice(0, old.lastIndexOf(' ='));
          const at = column % body.length;
          if (body[at] === letter || body[at] === ' ') return;
          const changed = lines.with(line, `${body.slice(0, at)}${letter}${old.slice(at + 1)}`);
          assert.throws(() => parseKit(changed.join('\n'), 'typed'));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Multiplication of GF(2^8) as FIPS 197 section 4.2 describes it, for a second opinion on the shares. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let [x, y] = [a, b]; y > 0; y >>= 1) {
    if (y & 1) product ^= x;
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
  }
  return product;
}

const inverse = (a: number): number =>
  Array.from({ length: 256 }, (_, candidate) => candidate).find(
    (candidate) => multiply(a, candidate) === 1,
  ) ?? 0;

function interpolate(shares: readonly Buffer[]): string {
  const points = shares.map((share) => share.at(-1) ?? 0);
  const length = (shares[0]?.length ?? 1) - 1;
  return String.fromCharCode(
    ...Array.from({ length }, (_, at) =>
      shares.reduce((sum, share, own) => {
        const weight = points.reduce(
          (so, point, other) =>
            other === own ? so : multiply(so, multiply(point, inverse(point ^ (points[own] ?? 0)))),
          1,
        );
        return sum ^ multiply(share[at] ?? 0, weight);
      }, 0),
    ),
  );
}

describe('shares of the age identity', () => {
  it('give it again, any of them, and as the specification computes it', async () => {
    const shares = await splitSecret(IDENTITY, 3, 5);
    for (const chosen of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 2, 3],
      [0, 1, 2, 3, 4],
    ]) {
      const some = chosen.flatMap((at) => shares[at] ?? []);
      assert.equal(await combineShares(some), IDENTITY);
      assert.equal(interpolate(some.map(({ bytes }) => bytes)), IDENTITY);
    }
    assert.notEqual(
      interpolate(shares.slice(0, 2).map(({ bytes }) => bytes)),
      IDENTITY,
      'two of three tell nothing',
    );
  });

  it('are refused when there are too few, also when one is given twice', async () => {
    const [first, second] = await splitSecret(IDENTITY, 2, 3);
    assert.ok(first !== undefined && second !== undefined);
    await assert.rejects(combineShares([first]), /1 of 2 needed shares/);
    await assert.rejects(combineShares([first, first]), /1 of 2 needed shares/);
    await assert.rejects(splitSecret(IDENTITY, 4, 3), { code: 'kit.shares' });
    await assert.rejects(splitSecret(IDENTITY, 1, 3), { code: 'kit.shares' });
  });

  it('stand in kits of their own, and come together again', async () => {
    const kits = (await splitSecret(IDENTITY, 2, 3)).map(
      (ageShare): Kit => ({ ...officer, secrets: { ageShare } }),
    );
    const typed = kits.slice(1).map((kit) => parseKit(formatKit(kit).join('\n'), 'kit'));
    assert.equal((await combineKits([...typed, server, host])).secrets.ageIdentity, IDENTITY);
    assert.match(renderText(describeKit(kits[0] ?? officer)), /share 1 of 3[\s\S]*any 2 of\s+3 are needed/);
  });
});

describe('kits together', () => {
  it('must be of one set, and hold every secret', async () => {
    const { secrets, access } = await combineKits([officer, server, host]);
    assert.deepEqual([secrets.ageIdentity, secrets.repositoryPassword], [IDENTITY, 'pass word']);
    assert.deepEqual(access, server.access);
    await assert.rejects(
      combineKits([server, host]),
      /lack the age identity \(kit of the recovery officer\)/,
    );
    await assert.rejects(combineKits([{ ...server, set: 'ffffffff' }, host, officer]), { code: 'kit.mixed' });
    await assert.rejects(combineKits([]), { code: 'kit.incomplete' });
  });

  it('have fingerprints that differ by secret and by set', () => {
    assert.equal(fingerprint('secret', '1'), fingerprint('secret', '1'));
    assert.notEqual(fingerprint('secret', '1'), fingerprint('secret', '2'));
    assert.notEqual(fingerprint('secret', '1'), fingerprint('Secret', '1'));
  });
});

/** The picture of a page, as the scanner of a telephone sees it. */
function readQrCode(ppm: Buffer): string | undefined {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.subarray(0, 40).toString('latin1'));
  assert.ok(header !== null, 'a picture');
  const [width, height] = [Number(header[1]), Number(header[2])];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const colours = ppm.subarray(header[0].length);
  for (let at = 0; at < width * height; at++) {
    for (let channel = 0; channel < 3; channel++) pixels[at * 4 + channel] = colours[at * 3 + channel] ?? 0;
  }
  const read = jsQR as unknown as typeof jsQR.default;
  return read(pixels, width, height)?.data;
}

describe('the kit on paper', () => {
  it('has every line as text, and all of them in a QR code that can be scanned', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-kit-paper-'));
    try {
      const [share] = await splitSecret(IDENTITY, 2, 3);
      const shared: Kit = { ...officer, secrets: { ageShare: share } };
      for (const [name, kit] of Object.entries({ server, host, officer, shared })) {
        const pdf = join(folder, `${name}.pdf`);
        await writeFile(pdf, await renderPdf(describeKit(kit)));
        const text = execFileSync('pdftotext', ['-layout', pdf, '-']).toString();
        for (const line of formatKit(kit)) assert.ok(text.includes(line), line);
        assert.ok(text.includes(kitChecksum(kit)));
        execFileSync('pdftoppm', ['-r', '150', '-f', '2', '-l', '2', pdf, join(folder, name)]);
        const scanned = readQrCode(await readFile(join(folder, `${name}-2.ppm`)));
        assert.equal(scanned, formatKit(kit).join('\n'), name);
        assert.deepEqual(withoutAbsent(parseKit(scanned ?? '', 'scan')), withoutAbsent(kit));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
