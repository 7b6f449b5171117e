import { html } from 'hono/html';
import type { PromiseState } from '../../trust/index.ts';
import type { ServiceState } from '../report.ts';
import type { IncidentState } from '../schema.ts';
import type { Html } from './times.ts';

type Tone = 'good' | 'warn' | 'bad' | 'mute';

/** Every tone has a shape of its own, so that nobody has to tell the colours apart. */
const shapes: Readonly<Record<Tone, Html>> = {
  good: html`<circle cx="10" cy="10" r="9"/><path d="M6 10.4l2.7 2.7L14.2 7.4"/>`,
  warn: html`<path class="body" d="M10 1.6l9 16.2H1z"/><path d="M10 7.4v4.6M10 14.6v.6"/>`,
  bad: html`<rect x="1.4" y="1.4" width="17.2" height="17.2" rx="4.5"/><path d="M7 7l6 6M13 7l-6 6"/>`,
  mute: html`<circle class="hollow" cx="10" cy="10" r="8"/><path class="dash" d="M6.6 10h6.8"/>`,
};

export const mark = (tone: Tone): Html =>
  html`<svg class="mark ${tone}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${shapes[tone]}</svg>`;

const services: Readonly<Record<ServiceState, { tone: Tone; label: string }>> = {
  operational: { tone: 'good', label: 'Operational' },
  degraded: { tone: 'warn', label: 'Impaired' },
  outage: { tone: 'bad', label: 'Down' },
  unknown: { tone: 'mute', label: 'Unknown' },
};

const promises: Readonly<Record<PromiseState, { tone: Tone; label: string }>> = {
  kept: { tone: 'good', label: 'Kept' },
  'at-risk': { tone: 'warn', label: 'At risk' },
  broken: { tone: 'bad', label: 'Broken' },
  unknown: { tone: 'mute', label: 'Unknown' },
};

const incidents: Readonly<Record<IncidentState, { tone: Tone; label: string }>> = {
  investigating: { tone: 'bad', label: 'Investigating' },
  identified: { tone: 'bad', label: 'Identified' },
  monitoring: { tone: 'warn', label: 'Watching' },
  resolved: { tone: 'good', label: 'Resolved' },
};

export const serviceTone = (state: ServiceState): Tone => services[state].tone;
export const serviceLabel = (state: ServiceState): string => services[state].label;
export const promiseTone = (state: PromiseState): Tone => promises[state].tone;
export const promiseLabel = (state: PromiseState): string => promises[state].label;
export const incidentTone = (state: IncidentState): Tone => incidents[state].tone;
export const incidentLabel = (state: IncidentState): string => incidents[state].label;
