import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAmazon, parseS3Location, regionOf } from './s3-location.ts';
import { lockedUntil, readS3Settings, storageClassOf } from './s3-settings.ts';

describe('the location of an S3 repository', () => {
  for (const [rest, endpoint, bucket, prefix] of [
    ['https://s3.eu-west-3.amazonaws.com/backups', 'https://s3.eu-west-3.amazonaws.com', 'backups', ''],
    ['http://127.0.0.1:9000/bucket/some/prefix/', 'http://127.0.0.1:9000', 'bucket', 'some/prefix'],
    ['s3.amazonaws.com/bucket/p', 'https://s3.amazonaws.com', 'bucket', 'p'],
    ['//host:9000/bucket', 'https://host:9000', 'bucket', ''],
    ['https://[2001:db8::1]:9000/bucket', 'https://[2001:db8::1]:9000', 'bucket', ''],
  ] as const) {
    it(`${rest} is the bucket ${bucket} at ${endpoint}`, () => {
      const place = parseS3Location(rest);
      assert.deepEqual([place.endpoint.origin, place.bucket, place.prefix], [endpoint, bucket, prefix]);
      assert.deepEqual(parseS3Location(place.text.replace(/^s3:/, '')), place);
    });
  }

  it('with a part missing, or keys in it, is refused without telling the keys', () => {
    for (const rest of [
      '',
      'https://host',
      'host/',
      'https://k:hush@host/bucket',
      'https://host/b?x=1',
      'host/a',
    ]) {
      assert.throws(
        () => parseS3Location(rest),
        (error: Error & { code?: string; advice?: string }) =>
          error.code === 'storage.options' && !error.message.includes('hush') && (error.advice ?? '') !== '',
        rest,
      );
    }
  });

  it('tells the region where its host does', () => {
    for (const [host, region, amazon] of [
      ['s3.eu-west-3.amazonaws.com', 'eu-west-3', true],
      ['s3.dualstack.eu-west-3.amazonaws.com', 'eu-west-3', true],
      ['s3-eu-west-1.amazonaws.com', 'eu-west-1', true],
      ['s3.amazonaws.com', undefined, true],
      ['s3.fr-par.scw.cloud', 'fr-par', false],
      ['s3.eu-central-003.backblazeb2.com', 'eu-central-003', false],
      ['amazonaws.com.example', undefined, false],
      ['127.0.0.1', undefined, false],
    ] as const) {
      const url = new URL(`https://${host}`);
      assert.deepEqual([regionOf(url), isAmazon(url)], [region, amazon], host);
    }
  });
});

describe('the settings of an S3 repository', () => {
  const place = parseS3Location('https://s3.fr-par.scw.cloud/bucket');
  const settings = (options: Record<string, string>, environment = {}) =>
    readS3Settings(place, { options: new Map(Object.entries(options)), environment });

  it('take the region from option, environment or host, in this order', () => {
    const environment = { AWS_DEFAULT_REGION: 'nl-ams' };
    assert.equal(settings({ 's3.region': 'pl-waw' }, environment).region, 'pl-waw');
    assert.equal(settings({}, environment).region, 'nl-ams');
    assert.equal(settings({}).region, 'fr-par');
  });

  it('put the bucket into the path of everybody but Amazon, unless told otherwise', () => {
    assert.equal(settings({}).pathStyle, true);
    assert.equal(settings({ 's3.bucket-lookup': 'dns' }).pathStyle, false);
    const amazon = parseS3Location('s3.amazonaws.com/bucket');
    assert.equal(readS3Settings(amazon, {}).pathStyle, false);
    assert.equal(
      readS3Settings(amazon, { options: new Map([['s3.bucket-lookup', 'path']]) }).pathStyle,
      true,
    );
  });

  it('keep archives for data alone', () => {
    const [data, index] = [{ kind: 'data', name: '' } as const, { kind: 'index', name: '' } as const];
    for (const [storageClass, ofIndex] of [
      ['deep_archive', undefined],
      ['STANDARD_IA', 'STANDARD_IA'],
    ] as const) {
      const said = settings({ 's3.storage-class': storageClass });
      assert.equal(storageClassOf(data, said), storageClass.toUpperCase());
      assert.equal(storageClassOf(index, said), ofIndex);
    }
  });

  it('lock every file but locks for the days that are said', () => {
    const said = settings({ 's3.object-lock': 'compliance', 's3.retain-days': '30' });
    assert.equal(lockedUntil({ kind: 'lock', name: '' }, said), undefined);
    const until = lockedUntil({ kind: 'snapshot', name: '' }, said);
    assert.ok(until !== undefined && Math.abs(until.getTime() - Date.now() - 30 * 86_400_000) < 10_000);
  });

  it('are refused when one cannot be, or one is missing beside another', () => {
    for (const [options, environment] of [
      [{ 's3.bucket-lookup': 'maybe' }, {}],
      [{ 's3.object-lock': 'governance' }, {}],
      [{ 's3.retain-days': '30' }, {}],
      [{ 's3.object-lock': 'governance', 's3.retain-days': '0' }, {}],
      [{ 's3.conections': '3' }, {}],
      [{}, { AWS_ACCESS_KEY_ID: 'only' }],
      [{}, { AWS_SECRET_ACCESS_KEY: 'hush' }],
    ] as const) {
      assert.throws(
        () => settings(options, environment),
        (error: Error & { code?: string; advice?: string }) =>
          /^storage\.(options|credentials)$/.test(error.code ?? '') &&
          !error.message.includes('hush') &&
          (error.advice ?? '') !== '',
      );
    }
  });
});
