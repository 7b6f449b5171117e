import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sqliteMaker } from '../../testing/temporary-database.ts';
import { consoleStage } from '../console-stage.ts';
import { appTarget } from './app-route.ts';

describe('the console in the browser', () => {
  it('is missed in words when it was not built, and everything else works', async () => {
    await using s = await consoleStage(sqliteMaker());
    assert.equal((await s.browser().go('/app/services')).status, 404, 'before there is an owner');
    const { who } = await s.setUp();
    const { status, text, headers } = await who.go('/app/services');
    assert.equal(status, 503);
    assert.match(text, /octobox serve/);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; style-src 'self'/);
    assert.equal((await who.go('/app/assets/index-1.js')).status, 404);
    assert.equal((await who.go('/')).to, '/account');
    assert.equal((await who.go('/app/account')).to, '/account', 'mails lead there');
    assert.equal((await s.browser().go('/app/account')).to, '/sign-in?to=%2Fapp%2Faccount');
    assert.equal((await s.browser().go('/app/services')).to, '/sign-in?to=%2Fapp%2Fservices');
  });

  it('is where signing in leads back to, and no other place', () => {
    for (const good of ['/app', '/app/', '/app/runs/3?x=1']) assert.equal(appTarget(good), good);
    for (const bad of [
      ...['', '/', '/account', '/apple', '//evil.example/app', 'https://evil.example/app', '/app/../account'],
      ...[
        '/app/..//evil.example',
        '\\\\evil.example\\app',
        '/\\evil.example/app',
        'javascript:alert(1)//app',
      ],
    ])
      assert.equal(appTarget(bad), undefined, bad);
  });
});
