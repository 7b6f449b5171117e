import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { canaryForms } from '../../testing/canary-forms.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { apiStage } from '../api-stage.ts';

const carryOut = '/configuration/carry-out';

onEachDatabase((databases) => {
  describe('configuration by the API', () => {
    it('is planned and carried out as it was seen, and what is exported changes nothing', async () => {
      await using s = await apiStage(databases);
      await s.prove();
      const plan = async (body: object) =>
        await s.ask('POST', '/configuration/plan', { inPerson: true, body });
      const text = "services:\n  shop:\n    sources:\n      www: { location: '${SITE}' }\n";
      const body = { text, values: { SITE: s.site } };
      const seen = await plan(body);
      assert.equal(seen.status, 200, seen.text);
      assert.deepEqual(
        seen.json.steps.map(({ action, name }: { action: string; name: string }) => `${action} ${name}`),
        ['create shop', 'create www'],
      );
      assert.equal((await s.platform.catalog.services()).length, 0);
      const start = { ...body, plan: seen.json.plan };
      const [otherFile, removal] = [
        { ...start, text: text.replace('shop', 'wiki') },
        { ...start, prune: true },
      ];
      for (const other of [otherFile, removal]) {
        const refused = await s.ask('POST', carryOut, { inPerson: true, body: other });
        assert.equal(refused.json.code, 'server.plan-outdated', refused.text);
      }
      const done = await s.ask('POST', carryOut, { inPerson: true, body: start });
      assert.deepEqual([done.status, done.json.created], [200, 2], done.text);
      const again = await s.ask('POST', carryOut, { inPerson: true, body: start });
      assert.equal(again.json.code, 'server.plan-outdated');

      const exported = await s.ask('GET', '/configuration', { key: s.key });
      assert.doesNotMatch(exported.json.text, /listen/);
      const same = (await plan({ text: exported.json.text, prune: true })).json;
      assert.deepEqual([same.steps, same.unchanged], [[], { services: 1, sources: 1 }]);

      const none = { text: 'services: {}' };
      const left = (await plan(none)).json.steps;
      assert.ok(left.length === 2 && left.every(({ action }: { action: string }) => action === 'leave'));
      const gone = await plan({ ...none, prune: true });
      const removed = await s.ask('POST', carryOut, {
        inPerson: true,
        body: { ...none, prune: true, plan: gone.json.plan },
      });
      assert.equal(removed.json.removed, 2, removed.text);
      assert.deepEqual(await s.platform.catalog.services(), []);
    });

    it('looks at what is new before anything is changed', async () => {
      await using s = await apiStage(databases);
      await s.prove();
      const text = `services: { shop: { sources: { www: { location: '${s.site}/none' } } } }`;
      const { json } = await s.ask('POST', '/configuration/plan', { inPerson: true, body: { text } });
      const refused = await s.ask('POST', carryOut, { inPerson: true, body: { text, plan: json.plan } });
      assert.equal(refused.status, 422, refused.text);
      assert.match(refused.json.code, /^source\./);
      assert.deepEqual(await s.platform.catalog.services(), []);
    });

    it('reads nothing of the machine for a file that was sent, and tells what is wrong by line and column', async () => {
      await using s = await apiStage(databases);
      await s.prove();
      const secretFile = join(s.folder, 'a-password');
      await writeFile(secretFile, 'canary-of-a-file', { mode: 0o600 });
      const source = "{ location: 'postgres://a@127.0.0.1:9/b', password: ";
      const text = [
        'services:',
        '  shop:',
        '    sources:',
        `      a: ${source}'\${PATH}' }`,
        `      b: ${source}'file:${secretFile}' }`,
        "      c: { location: '${constructor}/${HOME}' }",
      ].join('\n');
      const plan = (values?: object) =>
        s.ask('POST', '/configuration/plan', { inPerson: true, body: { text, values } });
      const refused = await plan();
      assert.deepEqual([refused.status, refused.json.code], [422, 'api.file'], refused.text);
      assert.deepEqual(
        refused.json.errors.map(({ line, detail }: { line: number; detail: string }) => `${line} ${detail}`),
        [
          '4 "password": no value was sent along for PATH',
          `5 "password": no value was sent along for file:${secretFile}`,
          '6 "location": no value was sent along for constructor',
        ],
      );
      assert.ok(refused.json.errors.every(({ column }: { column: number }) => column > 1));
      assert.doesNotMatch(refused.text, /canary/);

      const sent = {
        PATH: 'canary-one',
        [`file:${secretFile}`]: 'canary-two',
        constructor: s.site,
        HOME: '.',
      };
      const planned = await plan(sent);
      assert.equal(planned.status, 200, planned.text);
      assert.match(planned.text, /"password","before":null,"after":"set"/);
      const broken = await s.ask('POST', '/configuration/plan', {
        inPerson: true,
        body: { text: 'services: [', values: sent },
      });
      assert.deepEqual([broken.json.code, broken.json.errors[0].line], ['api.file', 1], broken.text);
      const deep = { text: `services: ${'['.repeat(100_000)}` };
      assert.equal((await s.ask('POST', '/configuration/plan', { inPerson: true, body: deep })).status, 422);
      for (const canary of ['canary-one', 'canary-two', 'canary-of-a-file']) {
        for (const form of canaryForms(canary)) assert.ok(!Buffer.from(planned.text).includes(form));
      }
    });
  });

  describe('the keys of the vault by the API', () => {
    it('are told with what is wrapped for each', async () => {
      await using s = await apiStage(databases);
      const { json, text } = await s.ask('GET', '/vault/keys', { key: s.key });
      assert.equal(json.rotating, false);
      assert.equal(json.keys.length, 1);
      const [{ state, held, secrets }] = json.keys;
      assert.ok(state === 'current' && held && secrets > 0, text);
    });
  });
});
