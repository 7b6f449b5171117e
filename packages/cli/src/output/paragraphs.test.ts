import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wrapParagraphs } from './paragraphs.ts';

describe('the description of a verb', () => {
  it('is wrapped once, whatever the width of its source; sentences and lists keep their lines', () => {
    const source = [
      'Mends what is broken in a repository, of which somebody',
      'has a copy:',
      '  index            makes it say what the packs hold',
      '  packs <id...>    saves what is sound in packs, and removes them;',
      '                   a copy of each is kept. New ones',
      '                   are marked',
      'A plan is shown first.',
      'Danger: what was removed',
      'is gone.',
    ].join('\n');
    assert.deepEqual(wrapParagraphs(source, 60).split('\n'), [
      'Mends what is broken in a repository, of which somebody has',
      'a copy:',
      '  index            makes it say what the packs hold',
      '  packs <id...>    saves what is sound in packs, and removes',
      '                   them; a copy of each is kept. New ones',
      '                   are marked',
      'A plan is shown first.',
      'Danger: what was removed is gone.',
    ]);
  });
});
