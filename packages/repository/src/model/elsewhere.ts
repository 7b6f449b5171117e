/** Where snapshots of the model are copied to: a repository with keys of its own, where the power may go too. */
import assert from 'node:assert/strict';
import { checkRepository } from '../check/check.ts';
import { applyCopy } from '../copy/apply-copy.ts';
import { planCopy } from '../copy/copy-plan.ts';
import { applyForget, planForget } from '../forget/forget.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { Repository } from '../store/repository.ts';
import { CrashingStorage } from '../testing/crashing-storage.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { assertSound, isPowerLoss } from './soundness.ts';

/** More than so many are forgotten again, so that a step costs as much at the end as at the beginning. */
const MOST = 8;

/** Of the model: what is copied, and its dice. */
export interface Origin {
  readonly repository: Repository;
  random(bound: number): number;
  oneIn(count: number): boolean;
}

export class Elsewhere {
  readonly #storage = new CrashingStorage('elsewhere');
  #keys: Repository['keys'] | undefined;

  async start(): Promise<void> {
    this.#keys = (await createTestRepository(this.#storage)).repository.keys;
  }

  /** Copies all snapshots of the model. */
  async receive(model: Origin): Promise<void> {
    await model.repository.loadIndex();
    const all = await Array.fromAsync(model.repository.snapshots());
    const copyAll = async (): Promise<Repository> => {
      const target = await this.#open();
      const present = await Array.fromAsync(target.snapshots());
      await applyCopy(model.repository, target, await planCopy(model.repository, target, all, present));
      return target;
    };
    if (model.oneIn(3)) {
      this.#storage.crashAfter(model.random(6), model.oneIn(2));
      await copyAll().catch((error: unknown) => {
        if (!isPowerLoss(error)) throw error;
      });
      this.#storage.recover();
    }
    const target = await copyAll();
    const copied = await Array.fromAsync(target.snapshots());
    const trees = new Set(copied.map(({ tree }) => tree));
    for (const { id, tree } of all) assert.ok(trees.has(tree), `${id} was not copied`);
    if (model.oneIn(2))
      assertSound(await checkRepository(target, { noLock: true, readData: true, workers: 0 }));
    if (copied.length > MOST) {
      await applyForget(target, planForget(copied, { keepLast: 2 }), { noLock: true });
      await applyPrune(target, await planPrune(target, { maxUnused: 0, noLock: true }), { noLock: true });
    }
  }

  async #open(): Promise<Repository> {
    const repository = await Repository.open(this.#storage, { password: TEST_PASSWORD, keys: this.#keys });
    await repository.loadIndex();
    return repository;
  }
}
