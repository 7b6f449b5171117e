import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { apiStage } from './api-stage.ts';

/** Texts that mean something elsewhere: to a database, a file system, a page, a header, a parser. */
const hostile = [
  `' or '1'='1'; drop table users; -- "`,
  '../../../../etc/passwd',
  '\0',
  '\ud800',
  'a\r\nset-cookie: x=y',
  '<script>alert(1)</script>{{7*7}}${7*7}',
  '__proto__',
  'x'.repeat(9_000),
];
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** A body of that shape in which what may be any text is `text`; with `anywhere` nothing is what it should be. */
function bodyOf(
  schema: Schema,
  text: string,
  schemas: Readonly<Record<string, Schema>>,
  anywhere: boolean,
): unknown {
  const { $ref, type, properties, items, anyOf, oneOf, pattern, enum: words } = schema;
  if ($ref !== undefined) {
    const named = schemas[$ref.split('/').at(-1) ?? ''] ?? assert.fail($ref);
    return bodyOf(named, text, schemas, anywhere);
  }
  const [first] = anyOf ?? oneOf ?? [];
  if (first !== undefined) return bodyOf(first, text, schemas, anywhere);
  if (type === 'object' || properties !== undefined)
    return Object.fromEntries(
      Object.entries(properties ?? { [text]: {} }).map(([name, one]) => [
        name,
        anywhere ? [{ [text]: [text, null, -1e308] }] : bodyOf(one, text, schemas, anywhere),
      ]),
    );
  if (type === 'array') return [bodyOf(items ?? {}, text, schemas, anywhere)];
  // Past the look at the shape.
  if (words !== undefined) return words[0];
  if (pattern !== undefined) return '2027-01-31';
  if (type === 'integer' || type === 'number') return 7;
  return type === 'boolean' ? true : text;
}

onEachDatabase((databases) => {
  describe('an outsider, or a member, who probes every operation of the API', () => {
    it('finds nothing that breaks, and nothing that is open', async () => {
      const more = 'api: { requestsPerSecond: 100000, burst: 100000 }\n';
      await using s = await apiStage(databases, { more, offSite: true });
      const idOf = await things(s);
      const document = (await s.ask('GET', '/openapi.json')).json;
      const schemas = document.components.schemas as Record<string, Schema>;
      const port = Number(new URL(s.url).port);
      let asked = 0;
      const probe = async (method: string, path: string, options: Parameters<typeof s.ask>[2]) => {
        asked++;
        const answer = await s.ask(method, path, options);
        const where = `${method} ${path.slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 200)}`;
        assert.ok(answer.status < 500, where);
        const type = answer.headers.get('content-type') ?? 'application/json';
        assert.match(
          type,
          /^(application\/(problem\+)?json|text\/event-stream|application\/(octet-stream|x-tar))/,
          where,
        );
        assert.doesNotMatch(answer.headers.get('set-cookie') ?? '', /x=y/, where);
        // What a database, or an engine of scripts, says of itself is nobody's business.
        assert.doesNotMatch(answer.text, /SQLITE_|syntax error at|node:internal|\.ts:\d|root:x:0/i, where);
        return answer;
      };
      for (const [template, item] of Object.entries<Record<string, Described>>(document.paths)) {
        const concrete = template.replace(/\{\w+\}/g, '1');
        for (const method of methods.filter((each) => item[each.toLowerCase()] === undefined)) {
          const answer = await probe(method, concrete, { key: s.key });
          assert.ok(answer.status >= 400, `${method} ${template}: ${answer.status}`);
        }
        for (const [verb, { parameters = [], requestBody }] of Object.entries(item)) {
          const method = verb.toUpperCase();
          const inPerson = { inPerson: true } as const;
          const at = (text: string) =>
            template.replace(/\{\w+\}/g, encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E'));
          if (method !== 'GET') {
            const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
            const { json } = await probe(method, concrete, { ...inPerson, headers: foreign });
            assert.equal(json.code, 'api.foreign-origin', `${method} ${template}`);
            for (const type of [
              'application/x-www-form-urlencoded',
              'multipart/form-data; boundary=x',
              'text/plain',
            ]) {
              const answer = await probe(method, concrete, {
                ...inPerson,
                raw: '{}',
                headers: { 'content-type': type },
              });
              assert.ok(answer.status >= 400, `${method} ${template} takes ${type}`);
            }
          }
          assert.equal(await under('evil.example', { port, method, path: `/api/v1${concrete}` }), 421);
          // One alone, so that no other is refused before it.
          for (const { name, in: place } of parameters) {
            if (place !== 'query') continue;
            const alone = new URLSearchParams({ [name]: hostile[0] ?? '' });
            await probe(method, `${concrete}?${alone}`, inPerson);
          }
          const schema = requestBody?.content['application/json']?.schema;
          // Of what is there each question is asked, and each text comes to where it is made use of.
          const known = template.includes('{') ? idOf(template) : undefined;
          const questions = parameters.filter((parameter) => parameter.in === 'query');
          if (known !== undefined && method === 'GET') {
            const whole = await probe(method, known, inPerson);
            if (template.endsWith('}')) assert.equal(whole.status, 200, `${known}: ${whole.text}`);
            for (const { name } of questions) {
              for (const text of hostile) {
                const query = new URLSearchParams({ [name]: text.toWellFormed() });
                await probe(method, `${known}${known.includes('?') ? '&' : '?'}${query}`, inPerson);
              }
            }
          }
          for (const text of hostile) {
            const query = new URLSearchParams();
            for (const parameter of parameters) {
              if (parameter.in !== 'query') continue;
              query.set(parameter.name, text.toWellFormed());
            }
            const path = query.size === 0 ? at(text) : `${at(text)}?${query}`;
            const headers = { 'if-match': '*' };
            if (schema === undefined) {
              if (template.includes('{')) await probe(method, path, { ...inPerson, headers });
              continue;
            }
            const body = bodyOf(schema, text, schemas, false);
            if (known !== undefined) await probe(method, known, { ...inPerson, headers, body });
            await probe(method, concrete, { ...inPerson, headers, body });
            const wrong = bodyOf(schema, text, schemas, true);
            await probe(method, path, { ...inPerson, headers, body: wrong });
          }
        }
      }
      assert.ok(asked > 900, `${asked} requests`);
      assert.equal((await s.ask('GET', '/caller', { key: s.key })).json.role, 'owner');
    });
  });
});

/** Makes one of what operations name by an id, and gives the path of an operation on it; undefined: there is none. */
async function things(s: Awaited<ReturnType<typeof apiStage>>) {
  const { platform } = s;
  const { id: service } = await platform.catalog.addService({ name: 'Shop', criticality: 'high' });
  const source = await platform.catalog.addSource({
    ...{ serviceId: service, kind: 'files', name: 'www', location: s.site },
  });
  const run = await platform.runNow.backup(source.id);
  const drill = await platform.runNow.drill(source.id);
  const mirror = await platform.runNow.mirror('paris');
  await s.prove();
  const made = async (path: string, body: unknown): Promise<string> => {
    const { status, json, text } = await s.ask('POST', path, { inPerson: true, body });
    assert.ok(status === 201 || status === 202, `${path}: ${text}`);
    if (status === 202) await platform.jobs.finish(json.id);
    return String(json.id);
  };
  const incident = { title: 'Down', services: ['shop'], impact: 'outage', text: 'We are on it.' };
  const ids: Readonly<Record<string, string | number | undefined>> = {
    services: service,
    sources: source.id,
    runs: run.id,
    jobs: run.jobId,
    drills: drill.id,
    mirrors: mirror.id,
    snapshots: run.snapshotId,
    repositories: 'paris',
    statistics: await made('/statistics', { mode: 'raw-data' }),
    'prune-plans': await made('/prune-plans', {}),
    'repair-plans': await made('/repair-plans', { what: 'index' }),
    'repository-checks': await made('/repository-checks', { data: 'none' }),
    incidents: await made('/incidents', incident),
    'vault/entries': await made('/vault/entries', { name: 'Mail', kind: 'email-account', secret: 'x' }),
    members: (await s.ask('GET', '/members', { key: s.key })).json.items[0].id,
  };
  const always: Readonly<Record<string, string>> = {
    '/snapshots/{id}/differences': `?since=${run.snapshotId}`,
    '/snapshots/{id}/archive': `?path=${encodeURIComponent(s.site)}`,
    '/snapshots/{id}/download': `?path=${encodeURIComponent(`${s.site}/index.html`)}`,
  };
  return (template: string): string | undefined => {
    const [, kind = ''] = /^\/([^{]+)\/\{/.exec(template) ?? [];
    const id = ids[kind];
    return id === undefined ? undefined : template.replace(/\{\w+\}/, String(id)) + (always[template] ?? '');
  };
}

/** The status of a request that comes under another name. */
const under = (host: string, { port, method, path }: { port: number; method: string; path: string }) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = { host, 'content-length': '0' };
    const asking = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject);
    asking.end();
  });
