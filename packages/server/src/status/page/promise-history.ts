import { html } from 'hono/html';
import { formatDuration } from '../../platform/index.ts';
import type { PromiseState } from '../../trust/index.ts';
import { lengthOf, type Spell, spellsOf } from '../promise-spells.ts';
import type { PromiseReport } from '../report.ts';
import { promiseLabel, promiseTone } from './marks.ts';
import { clock, clockText, dateText, type Html, sentenceText, unbroken } from './times.ts';

/** The rest is in the JSON. */
const listedChanges = 20;

/** When a promise was kept and when it was not, folded away; nothing where it never changed. */
export function promiseHistory(promise: PromiseReport, now: Date): Html {
  const { history } = promise;
  if (history.length === 0) return html``;
  const spells = spellsOf(history);
  const rest = history.length - listedChanges;
  return html`<details class="changes"><summary>History: ${unbroken(historyWords(spells, now))}</summary>
<ul>${history.slice(0, listedChanges).map((change, index) => {
    const spell = spells[index];
    const length = spell?.until === undefined ? undefined : lengthOf(spell, now);
    return html`<li><p class="when"><b class="state ${promiseTone(change.to)}">${promiseLabel(change.to)}</b> ${
      length === undefined ? 'since ' : `for ${unbroken(formatDuration(length))}, from `
    }${clock(change.at, now)}</p><p class="evidence">${sentenceText(change.sentence, now, clock)}</p></li>`;
  })}</ul>${rest > 0 ? html`<p class="when">${rest} older ${rest === 1 ? 'change is' : 'changes are'} in <a href="/status.json">the JSON</a>.</p>` : ''}</details>`;
}

/** The worst that is told first: "broken for 12 m on 3 Nov 2026", "at risk 3 times, 42 m in all". */
export function historyWords(spells: readonly Spell[], now: Date): string {
  for (const state of ['broken', 'at-risk'] as const) {
    const bad = spells.filter((spell) => spell.state === state);
    if (bad.length > 0) return spellWords(state, bad, now);
  }
  // Nothing bad: how long it has been as it is now.
  const current = spells[0];
  return current === undefined ? 'no change' : spellWords(current.state, [current], now);
}

function spellWords(state: PromiseState, spells: readonly Spell[], now: Date): string {
  const word = words[state];
  const [first, ...others] = spells;
  if (first === undefined) return word;
  if (others.length > 0) {
    const lengths = spells.map((spell) => lengthOf(spell, now));
    const sum = lengths.reduce<number>((total, length) => total + (length ?? 0), 0);
    const least = lengths.includes(undefined) ? 'at least ' : '';
    return `${word} ${spells.length} times, ${least}${formatDuration(sum)} in all`;
  }
  if (first.from === undefined) return `${word} until ${clockText(first.until ?? '', now)}`;
  if (first.until === undefined) return `${word} since ${clockText(first.from, now)}`;
  const day =
    now.toISOString().slice(0, 10) === first.from.slice(0, 10) ? 'today' : `on ${dateText(first.from)}`;
  return `${word} for ${formatDuration(lengthOf(first, now) ?? 0)} ${day}`;
}

const words: Readonly<Record<PromiseState, string>> = {
  kept: 'kept',
  'at-risk': 'at risk',
  broken: 'broken',
  unknown: 'unknown',
};
