import { formatBytes } from '@octobox/server';
import { count, duration, plural } from '../../output/quantities.ts';
import { closingTable } from './closing-table.ts';
import type { Fact, ToldCheck } from './fact.ts';
import type { Look } from './palette.ts';
import { stockCommands } from './stock-commands.ts';
import { list, money, share, timeOfDay, wrap } from './wording.ts';

const margin = '  ';
const clockWidth = 10; // `12:04:31  `
/** Narrower lines have no room for a backup's snapshot. */
const widthWithSnapshot = 82;

const mark = (passed: boolean, { palette }: Look): string => (passed ? palette.good('✔') : palette.bad('✘'));

/** A paragraph below the margin. */
const paragraph = (text: string, look: Look): string[] =>
  wrap(text, look.width - margin.length).map((line) => margin + line);

/** A paragraph that begins with a time of day, and hangs below it. */
function atTime(at: string | undefined, text: string, look: Look, sign = ''): string[] {
  const start = at === undefined ? ' '.repeat(clockWidth) : `${look.palette.faint(timeOfDay(at))}  `;
  const lines = wrap(text, look.width - margin.length - clockWidth - (sign === '' ? 0 : 2));
  const hang = sign === '' ? '' : '  ';
  return lines.map((line, index) =>
    index === 0
      ? `${margin}${start}${sign === '' ? '' : `${sign} `}${line}`
      : `${margin}${' '.repeat(clockWidth)}${hang}${line}`,
  );
}

const checkLines = (checks: readonly ToldCheck[], indent: number, look: Look): string[] =>
  checks.flatMap((check) =>
    wrap(`${check.name}: ${check.summary}`, look.width - indent - 2).map(
      (line, index) =>
        ' '.repeat(indent) + (index === 0 ? `${mark(check.passed, look)} ` : '  ') + look.palette.faint(line),
    ),
  );

const partNames = { database: 'database', files: 'files   ' } as const;
const orderOf = ({ id, at }: { id: number; at: string }) => `no. ${count(id)} at ${timeOfDay(at)}`;

function ordersLines(fact: Extract<Fact, { type: 'orders' }>, look: Look): string[] {
  const kept = `${plural(fact.acknowledged, 'order')} ${fact.acknowledged === 1 ? 'was' : 'were'} acknowledged to customers before the disaster. ${count(fact.back)} of them are back.`;
  const lines = [
    ...atTime(undefined, "Counted against the shop's own record of what it had acknowledged:", look),
    ...atTime(undefined, kept, look, mark(fact.missing === 0, look)),
  ];
  const backup = `the last backup (${timeOfDay(fact.recoveryPointAt)}, ${duration(fact.recoveryPointSeconds)} before the disaster)`;
  if (fact.lost === 0) {
    lines.push(
      ...atTime(undefined, `No order lies between ${backup} and the disaster: nothing is lost.`, look, '·'),
    );
  } else {
    const range =
      fact.firstLost === undefined || fact.lastLost === undefined
        ? ''
        : `, from ${orderOf(fact.firstLost)} to ${orderOf(fact.lastLost)}, ${money(fact.lostAmountCents)} in all`;
    const verb = fact.lost === 1 ? 'lies' : 'lie';
    lines.push(
      ...atTime(
        undefined,
        `${plural(fact.lost, 'order')} ${verb} between ${backup} and the disaster${range}. ${fact.lost === 1 ? 'It is' : 'They are'} lost.`,
        look,
        '·',
      ),
    );
  }
  if (fact.missing > 0) {
    const text = `${plural(fact.missing, 'order')} from before that backup ${fact.missing === 1 ? 'is' : 'are'} missing, and must not be.`;
    lines.push(...atTime(undefined, text, look, mark(false, look)));
  }
  return lines;
}

/** The lines of a fact for people, with an empty line before where a new thought begins. */
export function sentences(fact: Fact, look: Look): string[] {
  const { palette } = look;
  switch (fact.type) {
    case 'opening':
      return [
        ...wrap('Octobox: a web shop is backed up, rehearsed, destroyed and recovered.', look.width).map(
          palette.strong,
        ),
        ...wrap(
          `Everything lies in ${fact.folder} and is ${fact.keep ? 'kept there' : 'removed at the end'}.`,
          look.width,
        ).map(palette.faint),
      ];
    case 'note':
      return ['', ...wrap(fact.text, look.width)];
    case 'company':
      return [
        '',
        palette.strong('The company'),
        `${margin}database   ${fact.database}`,
        `${margin}           ${plural(fact.rows, 'row')} in ${fact.tables} tables${fact.partitions === 0 ? '' : `, the orders in ${fact.partitions} monthly partitions`}`,
        `${margin}files      ${plural(fact.files, 'file')}, ${formatBytes(fact.bytes)}: pictures, invoices, pages, configuration`,
        `${margin}customers  place about ${plural(fact.ordersPerSecond, 'order')} a second, and do not stop for us`,
      ];
    case 'page':
      return [`${margin}status     ${palette.link(fact.url)} tells the customers how the shop is`];
    case 'chapter':
      return [
        '',
        `${palette.strong(`${fact.number}  ${fact.title}`)}`,
        ...paragraph(fact.sentence, look).map(palette.faint),
      ];
    case 'backup': {
      const read = `${formatBytes(fact.bytesRead).padStart(8)} protected`;
      const stored = `${formatBytes(fact.bytesStored).padStart(8)} stored`;
      const snapshot = look.width < widthWithSnapshot ? '' : `  ${palette.faint(fact.snapshot.slice(0, 8))}`;
      const round = fact.round === 1 ? 'first backup ' : 'second backup';
      return [
        `${margin}${mark(true, look)} ${round}  ${partNames[fact.part]}  ${read}  ${stored}  ${duration(fact.seconds).padStart(6)}${snapshot}`,
      ];
    }
    case 'deduplication': {
      const saved = Math.max(0, fact.bytesRead - fact.bytesStored);
      return paragraph(
        `The second backups cover ${formatBytes(fact.bytesRead)} and add ${formatBytes(fact.bytesStored)}: deduplication saved ${share(saved, fact.bytesRead)}.`,
        look,
      );
    }
    case 'drill': {
      const name = partNames[fact.part];
      const ending = fact.passed ? 'restored and verified' : 'did not pass';
      return [
        `${margin}${mark(fact.passed, look)} ${name}  ${ending} in ${duration(fact.seconds)} (target ${duration(fact.rtoSeconds)})`,
        `${margin}${mark(fact.recoveryPointSeconds <= fact.rpoSeconds, look)} ${' '.repeat(name.length)}  from a backup ${duration(fact.recoveryPointSeconds)} old (target ${duration(fact.rpoSeconds)})`,
        ...checkLines(fact.checks, 14, look),
      ];
    }
    case 'disaster':
      return atTime(
        fact.at,
        `Somebody drops the tables ${list(fact.tables)} and deletes the folders ${list(fact.folders)} while customers order. Octobox is not told.`,
        look,
        palette.bad('✘'),
      );
    case 'noticed': {
      const [first = 'it is damaged', ...others] = fact.findings;
      const more = others.length === 0 ? '' : ` And ${plural(others.length, 'finding')} more.`;
      return atTime(
        fact.at,
        `Octobox notices by itself ${fact.seconds < 0.1 ? 'at once' : `after ${duration(fact.seconds)}`} that ${fact.part === 'files' ? 'files are lost' : 'the database is damaged'}: ${first.replace(/\.+$/, '')}.${more}`,
        look,
        palette.good('✔'),
      );
    }
    case 'incident': {
      const estimate =
        fact.estimateSeconds === undefined
          ? 'without an estimate, as no rehearsal has measured one'
          : `back in about ${duration(fact.estimateSeconds)}, as the rehearsal measured`;
      return [
        ...atTime(fact.at, `The status page says "${fact.title}", ${estimate}.`, look, palette.good('✔')),
        ...atTime(undefined, palette.link(fact.url), look, ' '),
      ];
    }
    case 'restored': {
      const text = `${partNames[fact.part].trim()} restored and verified in ${duration(fact.seconds)}`;
      const failed = `${partNames[fact.part].trim()}: the restore did not pass its checks (${duration(fact.seconds)})`;
      return [
        ...atTime(fact.at, fact.passed ? text : failed, look, mark(fact.passed, look)),
        ...(fact.passed ? [] : checkLines(fact.checks, margin.length + clockWidth + 2, look)),
      ];
    }
    case 'reopened':
      return atTime(
        fact.at,
        `The shop takes orders again; its customers had to wait for ${duration(fact.outSeconds)}.`,
        look,
        palette.good('✔'),
      );
    case 'orders':
      return ordersLines(fact, look);
    case 'invoices': {
      const lost =
        fact.lost === 0
          ? 'none is lost'
          : `${count(fact.lost)} from after the last backup ${fact.lost === 1 ? 'is' : 'are'} lost`;
      const missing =
        fact.missing === 0 ? '' : ` ${count(fact.missing)} from before it are missing, and must not be.`;
      return atTime(
        undefined,
        `Of ${plural(fact.written, 'new invoice')} ${count(fact.back)} are back, byte for byte; ${lost}.${missing}`,
        look,
        mark(fact.missing === 0, look),
      );
    }
    case 'resolved':
      return atTime(
        fact.at,
        `The incident is closed on the status page, ${duration(fact.seconds)} after the disaster.`,
        look,
        palette.good('✔'),
      );
    case 'summary':
      return ['', palette.strong('4  In numbers'), ...closingTable(fact.parts, look)];
    case 'staying':
      return [
        '',
        `The status page stays up at ${palette.link(fact.url)}`,
        ...wrap(`The schedules go on: ${list(fact.schedules)}.`, look.width),
        `Press Ctrl-C to stop${fact.kept ? '' : ' and remove everything'}.`,
      ];
    case 'closing':
      if (!fact.keep)
        return ['', ...wrap(`Everything has stopped, and ${fact.folder} is removed.`, look.width)];
      return [
        '',
        ...wrap(
          `Everything has stopped. The repository, Octobox's records and the shop's files stay in ${fact.folder}. Stock age, rclone and restic open the repository:`,
          look.width,
        ),
        // Lines however long, so that they can be copied.
        ...stockCommands(`${fact.folder}/octobox`, `${fact.folder}/recovered`).map((line) => margin + line),
      ];
  }
}
