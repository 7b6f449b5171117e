import type { Company } from './company.ts';
import type { Read } from './server.ts';

/** Not one answer but a stream of them. */
const endless = /\/(events|download)$/;
/** Of whoever asks in person; a key has none. */
const ownAccount = /^\/account\b/;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Each read of the API that needs no identifier, some lists filtered, one thing of the lists that count most, a read in person instead of by a
 * key, and what everybody may read.
 */
export async function readsOf({ key, cookie, pageUrl, consoleUrl }: Company): Promise<Read[]> {
  const base = `${consoleUrl}/api/v1`;
  const headers = { authorization: `Bearer ${key}` };
  const json = async (path: string): Promise<unknown> => {
    const response = await fetch(base + path, { headers });
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
    return await response.json();
  };
  const { paths } = (await json('/openapi.json')) as Document;
  const lists = Object.entries(paths)
    .filter(([path, methods]) => 'get' in methods && !path.includes('{') && !endless.test(path))
    .map(([path]) => path);
  const things: string[] = [];
  for (const list of ['/services', '/sources', '/runs', '/jobs', '/drills', '/incidents']) {
    const { items } = (await json(`${list}?limit=1`)) as { items: { id: string | number }[] };
    things.push(...items.map(({ id }) => `${list}/${id}`));
  }
  // A list that is filtered may be read along another index than the whole one.
  const filtered = [
    '/runs?state=failed',
    '/runs?state=cancelled',
    '/jobs?state=failed',
    '/drills?state=failed',
  ];
  const { items: sources } = (await json('/sources?limit=1')) as { items: { id: string }[] };
  for (const { id } of sources) filtered.push(`/runs?source=${id}`, `/snapshots?source=${id}`);
  const byKey = [...lists.filter((path) => !ownAccount.test(path)), ...filtered, ...things].map((path) => ({
    name: named(path),
    url: base + path,
    headers,
  }));
  const own = lists.filter((path) => ownAccount.test(path));
  const ofPerson = { cookie, 'sec-fetch-site': 'same-origin' };
  const { status } = await fetch(`${base}/account/proof`, { headers: ofPerson });
  if (status !== 200)
    process.stderr.write('the session of the kept company is over: what is asked in person is left out\n');
  const inPerson = (status === 200 ? ['/services', '/status', ...own] : []).map((path) => ({
    name: `${path}, in person`,
    url: base + path,
    headers: ofPerson,
  }));
  const everybody = ['', 'status.json'].map((path) => ({
    name: `public page /${path}`,
    url: pageUrl + path,
    headers: {},
  }));
  return [...byKey, ...inPerson, ...everybody];
}

const named = (path: string): string => path.replace(/(?<=[/=])(?:[0-9a-f-]{36}|\d+)$/, '{id}');
