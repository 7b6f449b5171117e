import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeInventory, inventoryFile } from '../inventory/inventory.ts';
import type { ScratchCopy, Source, SourceContext } from '../source.ts';
import { type KeptSnapshot, keepCapture } from './kept-snapshot.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** A live thing to protect, and the ways to hurt it. */
export interface SourceHarness extends AsyncDisposable {
  readonly source: Source;
  /** Texts that must never appear in what a source says. */
  readonly secrets: readonly string[];
  /** Adds something to the live source, as its users do. */
  use(): Promise<void>;
  /** Deletes a good part of the live source. */
  destroy(): Promise<void>;
  /** Takes something away from a scratch copy. */
  tamper(copy: ScratchCopy): Promise<void>;
  /** Makes the live source impossible to capture. */
  breakSource(): Promise<void>;
}

export const testContext = (more: Partial<SourceContext> = {}): SourceContext => ({
  signal: new AbortController().signal,
  ...more,
});

/** What every kind of source promises, on a real one. */
export function describeSource(name: string, makeHarness: () => Promise<SourceHarness>): void {
  describe(`a source of ${name}`, () => {
    it('says what it is before a run, without a secret', async () => {
      await using harness = await makeHarness();
      const { description, warnings } = await harness.source.preflight(testContext());
      assert.deepEqual(warnings, []);
      assert.ok(description.length > 10);
      for (const secret of harness.secrets) {
        assert.ok(!`${description}${harness.source.label}${harness.source.folder}`.includes(secret));
      }
    });

    it('is captured, rebuilt as a scratch copy, and verified; the copy leaves nothing behind', async () => {
      await using harness = await makeHarness();
      await using folder = await TemporaryFolder.create();
      const lines: string[] = [];
      const steps = new Set<string>();
      const context = testContext({
        onLog: (line) => lines.push(line),
        onProgress: ({ step }) => steps.add(step),
      });
      const snapshot = await keep(harness.source, folder, context);
      const scratchFolder = join(folder.path, 'scratch');
      await mkdir(scratchFolder);
      {
        await using copy = await harness.source.scratch(snapshot, scratchFolder, context);
        const report = await copy.verify(context);
        assert.deepEqual(
          report.checks.flatMap(({ differences }) => differences),
          [],
        );
        assert.equal(report.outcome, 'passed');
        assert.ok(report.checks.length >= 2);
        await harness.tamper(copy);
        const tampered = await copy.verify(context);
        assert.equal(tampered.outcome, 'failed');
        assert.ok(tampered.checks.some(({ differences }) => differences.length > 0));
      }
      assert.deepEqual(await readdir(scratchFolder), []);
      assert.ok(steps.size > 0 || harness.source.kind === 'files');
      for (const secret of harness.secrets) assert.ok(!lines.join('\n').includes(secret));
    });

    it('tells a disaster from daily life, comes back from it, and verifies in place', async () => {
      await using harness = await makeHarness();
      await using folder = await TemporaryFolder.create();
      const { source } = harness;
      const context = testContext();
      const snapshot = await keep(source, folder, context);
      assert.deepEqual(await source.probe(snapshot, context), { reachable: true, findings: [] });
      await harness.use();
      assert.deepEqual(await source.probe(snapshot, context), { reachable: true, findings: [] });
      assert.equal((await source.verify(snapshot, context)).outcome, 'passed');
      await harness.destroy();
      const found = await source.probe(snapshot, context);
      assert.ok(found.findings.length > 0, 'the disaster is noticed');
      assert.equal((await source.verify(snapshot, context)).outcome, 'failed');
      const restored = await source.restore(snapshot, context);
      assert.ok(restored.files > 0 && restored.bytes > 0);
      const report = await source.verify(snapshot, context);
      assert.deepEqual(
        report.checks.flatMap(({ differences }) => differences),
        [],
      );
      assert.deepEqual(await source.probe(snapshot, context), { reachable: true, findings: [] });
    });

    it('puts the inventory last when it is captured as streams', async () => {
      await using harness = await makeHarness();
      await using folder = await TemporaryFolder.create();
      const snapshot = await keep(harness.source, folder, testContext());
      if (snapshot.order.length === 0) return assert.equal(harness.source.kind, 'files');
      assert.equal(snapshot.order.at(-1), inventoryFile);
      const chunks = await Array.fromAsync(snapshot.read(`${harness.source.folder}/${inventoryFile}`));
      const inventory = decodeInventory(Buffer.concat(chunks).toString());
      assert.equal(inventory.kind, harness.source.kind);
      assert.ok(Math.abs(Date.parse(inventory.takenAt) - Date.now()) < 60_000);
    });

    it('never ends quietly when it cannot be captured', async () => {
      await using harness = await makeHarness();
      await using folder = await TemporaryFolder.create();
      await harness.breakSource();
      await assert.rejects(keep(harness.source, folder, testContext()));
      await assert.rejects(harness.source.preflight(testContext()), (error: Error) => {
        assert.ok('advice' in error && typeof error.advice === 'string', error.message);
        return true;
      });
    });

    it('stops when it is aborted, with the reason', async () => {
      await using harness = await makeHarness();
      await using folder = await TemporaryFolder.create();
      const abort = new AbortController();
      abort.abort(new Error('enough'));
      await assert.rejects(keep(harness.source, folder, testContext({ signal: abort.signal })), /enough/);
    });
  });
}

const keep = async (
  source: Source,
  folder: TemporaryFolder,
  context: SourceContext,
): Promise<KeptSnapshot> => {
  const root = join(folder.path, 'kept');
  await mkdir(root, { recursive: true });
  return await keepCapture(await source.capture(context), root);
};
