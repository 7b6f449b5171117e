import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressRanges } from './address-ranges.ts';
import { TrustedProxies } from './trusted-proxies.ts';

const trusting = (...ranges: string[]) => new TrustedProxies(new AddressRanges(ranges));

describe('who asks', () => {
  it('is the other end of the connection as long as nobody is trusted', () => {
    const proxies = trusting();
    assert.equal(proxies.clientOf('127.0.0.1', '198.51.100.7'), '127.0.0.1');
    assert.equal(proxies.clientOf(undefined, '198.51.100.7'), undefined);
  });

  it('is whom a trusted proxy names, through as many of them as there are', () => {
    const proxies = trusting('127.0.0.1', '10.0.0.0/8', 'fd00::/8');
    assert.equal(proxies.clientOf('127.0.0.1', '198.51.100.7'), '198.51.100.7');
    assert.equal(proxies.clientOf('127.0.0.1', '198.51.100.7, 10.1.2.3, fd00::1'), '198.51.100.7');
    assert.equal(proxies.clientOf('::ffff:127.0.0.1', '198.51.100.7'), '198.51.100.7');
    assert.equal(proxies.clientOf('127.0.0.1', '198.51.100.7:40312'), '198.51.100.7');
    assert.equal(proxies.clientOf('127.0.0.1', '[2001:db8::1]:40312'), '2001:db8::1');
  });

  it('is never whom a stranger names', () => {
    const proxies = trusting('10.0.0.0/8');
    assert.equal(proxies.clientOf('203.0.113.9', '198.51.100.7'), '203.0.113.9');
    assert.equal(proxies.clientOf('10.0.0.1', '198.51.100.7, 203.0.113.9'), '203.0.113.9');
  });

  it('is the proxy when that names nobody, or no address', () => {
    const proxies = trusting('10.0.0.0/8');
    for (const header of [undefined, '', ' ', 'unknown', '198.51.100.7,', '1.2.3.4.5', 'a'.repeat(8_000)])
      assert.equal(proxies.clientOf('10.0.0.1', header), '10.0.0.1');
    assert.equal(proxies.clientOf('10.0.0.1', '10.0.0.2'), '10.0.0.2');
  });
});
