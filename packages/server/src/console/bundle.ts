import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What Vite made of `packages/console`: a shell, and assets whose names change with their content. */
export interface Bundle {
  /** The page that starts the console. Its styles of this very answer carry `nonce`. */
  shell(nonce: string): string;
  /** Undefined when there is none of this name. */
  asset(name: string, accepted: string): Asset | undefined;
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

/**
 * Undefined when it was not built. All of it is held, two megabytes: another one that is built in its place leaves this
 * server with a shell whose files are all there.
 */
export async function readBundle(folder: string): Promise<Bundle | undefined> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(ifThere);
  const names = await readdir(join(folder, 'assets')).catch(ifThere);
  if (page === undefined || names === undefined) return undefined;
  const served = names.filter((name) => types[extname(name.replace(/\.(br|gz)$/, ''))] !== undefined);
  const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
  const read = async (name: string): Promise<void> => {
    const body = await readFile(join(folder, 'assets', name)).catch(ifThere);
    if (body !== undefined) bodies.set(name, new Uint8Array(body));
  };
  await Promise.all(served.map(read));
  return {
    shell: (nonce) => page.replaceAll(placeholder, nonce),
    asset(name, accepted) {
      const type = types[extname(name)];
      if (type === undefined || !bodies.has(name)) return undefined;
      const [encoding, suffix] = compressed.find(
        ([coding, end]) => accepts(accepted, coding) && bodies.has(`${name}${end}`),
      ) ?? [undefined, ''];
      const body = bodies.get(`${name}${suffix}`);
      return body === undefined ? undefined : { body, type, encoding };
    },
  };
}

const ifThere = (error: NodeJS.ErrnoException): undefined => {
  if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) throw error;
};

/** Of `Accept-Encoding` (RFC 9110, section 12.5.3): named, and not with the weight nought. */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
