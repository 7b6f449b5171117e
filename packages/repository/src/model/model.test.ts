/**
 * Random sequences of what people do with a repository, beside a model of it. Whatever was done, wherever the power
 * went or a process was killed, every snapshot of the model is there and whole, no other is, and what is damaged is
 * found. `OCTOBOX_MODEL_SEED` begins a run as another did, `OCTOBOX_MODEL_STEPS` (2000) makes it longer.
 */
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';

const seed = Number(process.env.OCTOBOX_MODEL_SEED ?? Date.now() % 2 ** 31);
const total = Number(process.env.OCTOBOX_MODEL_STEPS ?? 2000);

it(`a repository is what a simple model of it is (OCTOBOX_MODEL_SEED=${seed})`, {
  timeout: 3_600_000,
}, async (t) => {
  const thread = new Worker(new URL('./run-model.ts', import.meta.url), { workerData: { seed, total } });
  const done = await new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('it ended without a word')));
  });
  t.diagnostic(`${total} steps: ${JSON.stringify(done)}`);
});
