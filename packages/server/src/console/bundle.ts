import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What Vite made of `packages/console`: a shell, and assets whose names change with their content. */
export interface Bundle {
  /** The page that starts the console. Its styles of this very answer carry `nonce`. */
  shell(nonce: string): string;
  /** Undefined when there is none of this name. */
  asset(name: string, accepted: string): Promise<Asset | undefined>;
}

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** As it lies there; undefined: not compressed. */
  readonly encoding: 'br' | 'gzip' | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const compressed = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const placeholder = '{{nonce}}';

/** Undefined when it was not built. Only what lies there now is ever served, under its very name. */
export async function readBundle(folder: string): Promise<Bundle | undefined> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(ifThere);
  const names = await readdir(join(folder, 'assets')).catch(ifThere);
  if (page === undefined || names === undefined) return undefined;
  const known = new Set(names);
  return {
    shell: (nonce) => page.replaceAll(placeholder, nonce),
    async asset(name, accepted) {
      const type = types[extname(name)];
      if (type === undefined || !known.has(name)) return undefined;
      const [encoding, suffix] = compressed.find(
        ([coding, end]) => accepts(accepted, coding) && known.has(`${name}${end}`),
      ) ?? [undefined, ''];
      const body = await readFile(join(folder, 'assets', `${name}${suffix}`)).catch(ifThere);
      return body === undefined ? undefined : { body: new Uint8Array(body), type, encoding };
    },
  };
}

const ifThere = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
};

/** Of `Accept-Encoding` (RFC 9110, section 12.5.3): named, and not with the weight nought. */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
