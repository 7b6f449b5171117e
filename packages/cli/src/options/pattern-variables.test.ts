import assert from 'node:assert/strict';
import { it } from 'node:test';
import { expandVariables } from './pattern-variables.ts';

const env = { HOME: '/home/ada', V: 'u', EMPTY: '', '1': 'one' };

it('variables of the environment stand in pattern files as restic has them', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['$HOME/.cache', '/home/ada/.cache'],
    ['${HOME}/${V}e', '/home/ada/ue'],
    ['$V.e', 'u.e'],
    ['$EMPTY*.log', '*.log'],
    ['t/$$b', 't/$b'],
    ['t/[$]b', 't/[$]b'],
    ['t/c$', 't/c$'],
    ['$(x)', '$(x)'],
    ['no variable', 'no variable'],
  ];
  for (const [written, meant] of cases) assert.equal(expandVariables(written, env, 'list'), meant, written);
});

it('one that is not set, or is written wrongly, is refused: what is left of the pattern could match everything', () => {
  for (const pattern of ['$CACHE/**', '$Ve', 't/$*', '$_', '${', '${}', 't/${V', '${CACHE}/**']) {
    assert.throws(() => expandVariables(pattern, env, 'list'), /list.*\$/s, pattern);
  }
});
