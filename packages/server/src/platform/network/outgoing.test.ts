import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutgoingAddresses } from './outgoing.ts';

const usual = new OutgoingAddresses({ allow: [], deny: [] });

describe('where connections may go', () => {
  it('is where databases are, and not where clouds keep credentials, however that is written', async () => {
    for (const host of [
      '127.0.0.1',
      '10.0.0.7',
      '192.168.1.1',
      '172.16.0.1',
      '::1',
      'fd12::1',
      '93.184.216.34',
    ])
      assert.deepEqual(await usual.find(host), [host]);
    const refused = [
      ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '::ffff:169.254.169.254'],
      ...['::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', 'fe80::1', 'fd00:ec2::254'],
      ...[
        '0.0.0.0',
        '0',
        '0.1.2.3',
        '224.0.0.1',
        'ff02::1',
        '255.255.255.255',
        '::',
        '::ffff:0:169.254.169.254',
      ],
      // The same, by every way from IPv6 to IPv4.
      ...['168.63.129.16', '::a9fe:a9fe', '::169.254.169.254', '64:ff9b::a83f:8110', '64:ff9b:1::a9fe:a9fe'],
      ...['64:ff9b:1:a9fe:a9:fe00::', '2001:0:a9fe:a9fe::1', '2001:0:1:2:3:4:5601:5601'],
      ...['2001:db8::5efe:a9fe:a9fe', '2001:db8::200:5efe:169.254.169.254', '2002:a83f:8110::'],
    ];
    for (const host of refused) {
      await assert.rejects(usual.find(host), { code: 'server.address-refused' }, host);
    }
    await assert.rejects(usual.find('no-such-host.invalid'), { code: /^(ENOTFOUND|EAI_AGAIN)$/ });
    assert.equal(usual.may('nonsense'), false);
  });

  it('is what whoever runs the machine says', async () => {
    const own = new OutgoingAddresses({ allow: ['169.254.7.0/24'], deny: ['127.0.0.0/8', '::1'] });
    assert.deepEqual(await own.find('169.254.7.1'), ['169.254.7.1']);
    for (const host of ['169.254.8.1', '127.0.0.1', 'localhost', '::ffff:127.0.0.1'])
      await assert.rejects(own.find(host), { code: 'server.address-refused' }, host);
    await assert.rejects(own.find('127.0.0.1'), { advice: /"network\.deny"/ });
    await assert.rejects(own.find('169.254.8.1'), { advice: /"network\.allow"/ });
    const denied = ['64:ff9b::7f00:1', '2002:7f00:1::', '::ffff:7f00:1', '2001:0:7f00:1::', '::127.0.0.1'];
    for (const host of denied) await assert.rejects(own.find(host), { advice: /"network\.deny"/ }, host);
    assert.ok(own.may('64:ff9b::a9fe:701') && own.may('2002:a9fe:701::') && own.may('2002:a00:7::'));
    assert.ok(!own.may('64:ff9b::a9fe:801'));
    const local = new OutgoingAddresses({ allow: ['64:ff9b:1::/48'], deny: ['10.0.0.7'] });
    assert.ok(local.may('64:ff9b:1::a00:8') && !local.may('64:ff9b:1::a00:7'));
    assert.ok(!local.may('64:ff9b:1:a00:0:700::') && !local.may('2002:a00:7::1'));
  });
});
