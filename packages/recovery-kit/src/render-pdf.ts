/** The kit on A4 paper: text in the fonts that every reader has, the QR code as drawn squares. */
import PDFDocument from 'pdfkit';
import { create } from 'qrcode';
import type { KitDocument } from './document.ts';
import { RecoveryKitError } from './errors.ts';

const POINTS_PER_MM = 72 / 25.4;
const MARGIN = 18 * POINTS_PER_MM;
const QR_SIZE = 95 * POINTS_PER_MM;
/** Squares of white around a code, as ISO 18004 asks for. */
const QUIET = 4;

export function renderPdf(document: KitDocument): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: document.title, Producer: 'Octobox', Creator: 'Octobox' },
  });
  const pieces: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (piece: Buffer) => pieces.push(piece));
    pdf.on('end', () => resolve(Buffer.concat(pieces)));
    pdf.on('error', reject);
  });
  heading(pdf, document.title, 16);
  for (const [label, value] of document.facts) {
    pdf.font('Helvetica').fontSize(9).text(`${label}: `, { continued: true });
    pdf.font('Courier').text(value);
  }
  for (const text of document.paragraphs) paragraph(pdf, text);
  heading(pdf, 'Fetching the files', 12);
  paragraph(pdf, document.fetching.explanation);
  commands(pdf, document.fetching.commands);
  heading(pdf, 'Recovery with stock tools', 12);
  pdf.font('Helvetica-Bold').fontSize(9.5).text(document.step.title);
  paragraph(pdf, document.step.explanation);
  commands(pdf, document.step.commands);
  heading(pdf, 'Recovery with Octobox', 12);
  commands(pdf, document.octobox);
  pdf.addPage();
  heading(pdf, 'To type or to scan', 12);
  commands(pdf, document.typed, 10);
  pdf.moveDown();
  if (pdf.y + QR_SIZE > pdf.page.height - MARGIN) pdf.addPage();
  drawQrCode(pdf, document.typed.join('\n'), pdf.page.margins.left, pdf.y);
  pdf.end();
  return done;
}

function heading(pdf: PDFKit.PDFDocument, text: string, size: number): void {
  pdf.moveDown(0.6).font('Helvetica-Bold').fontSize(size).text(text).moveDown(0.4);
}

function paragraph(pdf: PDFKit.PDFDocument, text: string): void {
  pdf.moveDown(0.4).font('Helvetica').fontSize(9.5).text(text).moveDown(0.4);
}

function commands(pdf: PDFKit.PDFDocument, lines: readonly string[], size = 8): void {
  pdf.font('Courier').fontSize(size);
  for (const line of lines)
    pdf.text(line.replaceAll('…', '...').replace(/^ +/, (blanks) => '\u00a0'.repeat(blanks.length)));
}

/** Level M survives a crease; a kit too long for it gets level L. */
function drawQrCode(pdf: PDFKit.PDFDocument, text: string, left: number, top: number): void {
  const { data, size } = modulesOf(text);
  const square = QR_SIZE / (size + 2 * QUIET);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (data[row * size + column] !== 1) continue;
      pdf.rect(left + (column + QUIET) * square, top + (row + QUIET) * square, square, square);
    }
  }
  pdf.fill('black');
}

function modulesOf(text: string): { readonly data: Uint8Array; readonly size: number } {
  for (const errorCorrectionLevel of ['M', 'L'] as const) {
    try {
      const { modules } = create([{ data: Buffer.from(text, 'latin1'), mode: 'byte' }], {
        errorCorrectionLevel,
      });
      return modules;
    } catch (cause) {
      if (errorCorrectionLevel === 'M') continue;
      throw new RecoveryKitError('kit.too-large', 'the kit is too long for a QR code', {
        cause,
        advice: 'Leave credentials of the storage out with --no-access.',
      });
    }
  }
  throw new TypeError('no level');
}
