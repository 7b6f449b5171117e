import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeededRandom } from '../random.ts';
import * as words from '../vocabulary.ts';
import { printInvoice } from './invoice.ts';
import { drawPhotograph } from './png.ts';

interface PlannedFile {
  readonly path: string;
  readonly content: () => Buffer;
}

const seedOf = (kind: number, index: number) => kind * 1_000_003 + index;
const productTitle = (random: SeededRandom) =>
  `${random.pick(words.qualities)} ${random.pick(words.materials)} ${random.pick(words.things)}`;
const sku = (product: number) => `OB-${String(product).padStart(5, '0')}`;

const photograph = (product: number, side: number) =>
  drawPhotograph(new SeededRandom(seedOf(1, product)), side);

function invoice(index: number): Buffer {
  const random = new SeededRandom(seedOf(2, index));
  return printInvoice({
    number: `2026-${String(index).padStart(6, '0')}`,
    date: `2026-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + random.below(28)).padStart(2, '0')}`,
    customer: `${random.pick(words.givenNames)} ${random.pick(words.familyNames)}`,
    lines: Array.from({ length: 1 + random.below(5) }, () => ({
      title: productTitle(random),
      quantity: 1 + random.below(3),
      unitPrice: (3 + random.below(200)) * 100 + 90,
    })),
  });
}

function page(index: number): Buffer {
  const random = new SeededRandom(seedOf(3, index));
  const title = productTitle(random);
  const paragraphs = Array.from({ length: 6 + random.below(20) }, () => {
    const sentences = Array.from({ length: 4 }, () => random.pick(words.opinions));
    return `    <p>${sentences.join(' ')}</p>`;
  });
  return Buffer.from(
    `<!doctype html>\n<html lang="en">\n  <head><meta charset="utf-8"><title>${title}</title></head>\n  <body>\n    <h1>${title}</h1>\n${paragraphs.join('\n')}\n  </body>\n</html>\n`,
  );
}

function configuration(index: number): Buffer {
  const random = new SeededRandom(seedOf(4, index));
  return Buffer.from(
    `# shop ${index}, ${random.pick(words.cities)}\nserver:\n  workers: ${1 + random.below(16)}\n  port: ${8000 + index}\ncheckout:\n  currency: EUR\n  country: ${random.pick(words.countries)}\n`,
  );
}

/** Which files the web server holds: photographs by far the most, as in every shop. */
function* plan(count: number): Iterable<PlannedFile> {
  const invoices = Math.round(count * 0.24);
  const pages = Math.round(count * 0.05);
  const configurations = Math.round(count * 0.01);
  const pictures = count - invoices - pages - configurations;
  for (let index = 0; index < pictures; index++) {
    const product = Math.floor(index / 3) + 1;
    const folder = `images/products/${sku(product)}`;
    if (index % 3 === 0) yield { path: `${folder}/photo.png`, content: () => photograph(product, 112) };
    else if (index % 3 === 1)
      yield { path: `${folder}/thumbnail.png`, content: () => photograph(product, 40) };
    // A copy, byte for byte, as real image folders are full of.
    else yield { path: `${folder}/photo-original.png`, content: () => photograph(product, 112) };
  }
  for (let index = 0; index < invoices; index++) {
    const month = String(1 + (index % 12)).padStart(2, '0');
    yield {
      path: `invoices/2026/${month}/2026-${String(index).padStart(6, '0')}.pdf`,
      content: () => invoice(index),
    };
  }
  for (let index = 0; index < pages; index++) {
    yield { path: `pages/page-${String(index).padStart(4, '0')}.html`, content: () => page(index) };
  }
  for (let index = 0; index < configurations; index++) {
    yield {
      path: `configuration/shop-${String(index).padStart(2, '0')}.yaml`,
      content: () => configuration(index),
    };
  }
}

/**
 * Writes the web server's folder: `count` files, the same bytes at every run.
 *
 * @returns how many files and bytes there are
 */
export async function writeWebsite(
  folder: string,
  count: number,
  options: { signal: AbortSignal; onProgress?: (done: number) => void },
): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  let madeFolder = '';
  for (const planned of plan(count)) {
    options.signal.throwIfAborted();
    const path = join(folder, planned.path);
    if (dirname(path) !== madeFolder) {
      madeFolder = dirname(path);
      await mkdir(madeFolder, { recursive: true });
    }
    const content = planned.content();
    await writeFile(path, content);
    files += 1;
    bytes += content.length;
    options.onProgress?.(files);
  }
  return { files, bytes };
}
