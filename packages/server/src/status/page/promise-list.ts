import { html } from 'hono/html';
import type { PromiseReport } from '../report.ts';
import { mark, promiseLabel, promiseTone } from './marks.ts';
import { ago, clock, type Html, unbroken } from './times.ts';

const evidence = (promise: PromiseReport, now: Date): Html =>
  html`${promise.evidence.sentence.map((part, index) => {
    if (typeof part !== 'string') return part.form === 'clock' ? clock(part.at, now) : ago(part.at, now);
    const text = unbroken(part);
    return index === 0 ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  })}`;

/** Each promise, whether it is true, and what that rests on. */
export const promiseList = (promises: readonly PromiseReport[], now: Date): Html =>
  html`<ul class="promises">${promises.map(
    (promise) => html`<li>
${mark(promiseTone(promise.state))}
<div><p class="promise">${promise.sentence}</p><p class="evidence">${evidence(promise, now)}</p></div>
<p class="state ${promiseTone(promise.state)}">${promiseLabel(promise.state)}</p>
</li>`,
  )}</ul>`;
