import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Usage } from './usage.ts';

describe('the usage of a folder', () => {
  /** Measures, while `during` happens, and finds so many bytes. */
  async function measure(found: number, during: (usage: Usage) => void, usage?: Usage): Promise<Usage> {
    const measured = usage ?? new Usage(() => finding.promise);
    const measuring = measured.measure();
    during(measured);
    finding.resolve(found);
    await measuring;
    finding = Promise.withResolvers<number>();
    return measured;
  }
  let finding = Promise.withResolvers<number>();

  const upload =
    (bytes: number) =>
    (usage: Usage): void => {
      usage.reserve(bytes);
      usage.settle(bytes, bytes);
    };

  it('counts what was stored during a measurement once, whether that saw it or not', async () => {
    const usage = await measure(100, () => {});
    await measure(150, upload(50), usage);
    assert.equal(usage.bytes, 150);
    await measure(150, upload(50), usage);
    assert.equal(usage.bytes, 200);
  });

  it('believes the disk where others removed or added files', async () => {
    const usage = await measure(100, () => {});
    await measure(20, () => {}, usage);
    assert.equal(usage.bytes, 20);
    await measure(30, upload(50), usage);
    assert.equal(usage.bytes, 70);
  });
});
