import { html } from 'hono/html';
import type { PromiseReport } from '../report.ts';
import { mark, promiseLabel, promiseTone } from './marks.ts';
import { promiseHistory } from './promise-history.ts';
import { ago, type Html, sentenceText } from './times.ts';

/** Each promise, whether it is true, what that rests on, and how it was before. */
export const promiseList = (promises: readonly PromiseReport[], now: Date): Html =>
  html`<ul class="promises">${promises.map(
    (promise) => html`<li>
${mark(promiseTone(promise.state))}
<div><p class="promise">${promise.sentence}</p><p class="evidence">${sentenceText(promise.evidence.sentence, now, ago)}</p>
${promiseHistory(promise, now)}</div>
<p class="state ${promiseTone(promise.state)}">${promiseLabel(promise.state)}</p>
</li>`,
  )}</ul>`;
