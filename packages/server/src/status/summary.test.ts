import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceState } from './report.ts';
import { overallState, type Summarised, summaryOf } from './summary.ts';

const service = (name: string, state: ServiceState, checkedAt?: string): Summarised => ({
  ...{ name, state, sources: [checkedAt === undefined ? {} : { checkedAt }] },
});
const works = ['A', 'B', 'C', 'D'].map((name) => service(name, 'operational', 'then'));
const summary = (services: readonly Summarised[], alive = true): string =>
  summaryOf(overallState(services, alive), services, alive);

describe('the headline', () => {
  it('names what is known and what is not', () => {
    const fresh = service('Wiki', 'unknown');
    assert.equal(overallState([...works, fresh], true), 'unknown');
    assert.equal(summary([...works, fresh]), '4 services work; Wiki is not known yet');
    assert.equal(
      summary([service('Shop', 'operational', 'then'), fresh, service('Mail', 'unknown')]),
      'Shop works; 2 services are not known yet',
    );
    assert.equal(
      summary([...works, service('Wiki', 'unknown', 'then')]),
      '4 services work; Wiki is not known',
    );
    assert.equal(summary([fresh]), 'Wiki is not known yet');
    assert.equal(summary([fresh, service('Mail', 'unknown')]), 'Nothing is known yet');
    const silent = ['A', 'B'].map((name) => service(name, 'unknown', 'then'));
    assert.equal(summary(silent), 'We cannot tell at the moment');
  });

  it('is not good while nobody watches, whatever was seen last', () => {
    assert.equal(overallState(works, false), 'unknown');
    assert.equal(summary(works, false), 'We cannot tell at the moment');
  });

  it('says what is down before anything else', () => {
    const down = service('Shop', 'outage', 'then');
    assert.equal(summary([...works, down, service('Wiki', 'unknown')]), 'Shop is down');
    assert.equal(summary([down, { ...down, name: 'Mail' }]), '2 services are down');
    assert.equal(summary([...works, service('Shop', 'degraded', 'then')]), 'Shop is impaired');
    const changed = { ...service('Shop', 'degraded', 'then'), changedUnusually: true as const };
    assert.equal(summary([...works, changed]), 'The data of Shop changed in an unusual way; we look into it');
    assert.equal(summary([changed, service('Mail', 'degraded', 'then')]), '2 services are impaired');
  });

  it('is good when everything works', () => {
    assert.equal(summary(works), 'All services work');
    assert.equal(summary(works.slice(0, 1)), 'A works');
    assert.equal(overallState([], true), 'unknown');
    assert.equal(summary([]), 'Nothing is watched yet');
  });
});
