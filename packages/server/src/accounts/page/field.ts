import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  /** https://html.spec.whatwg.org/#autofill: password managers go by it. */
  readonly autocomplete: string;
  /** Which keyboard a phone shows. */
  readonly inputmode?: 'numeric';
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly longest: number;
  readonly objected?: boolean;
  readonly first?: boolean;
}

/** A labelled field. A password may be pasted, and is never sent back into the page. */
export const field = (f: Field): Html => {
  const described = [
    f.hint === undefined ? '' : `${f.name}-hint`,
    f.objected === true ? 'objection' : '',
  ].filter((id) => id !== '');
  return html`<label for="${f.name}">${f.label}</label>
<input id="${f.name}" name="${f.name}" type="${f.type}" autocomplete="${f.autocomplete}"${f.inputmode === undefined ? '' : html` inputmode="${f.inputmode}"`} maxlength="${f.longest}" required${
    f.type === 'password' ? '' : html` value="${f.value ?? ''}"`
  }${described.length === 0 ? '' : html` aria-describedby="${described.join(' ')}"`}${
    f.objected === true ? html` aria-invalid="true"` : ''
  }${f.first === true ? html` autofocus` : ''}>
${f.hint === undefined ? '' : html`<p class="hint" id="${f.name}-hint">${f.hint}</p>`}`;
};

/** Carries on where somebody was about to go. */
export const toField = (to: string | undefined): Html =>
  to === undefined ? html`` : html`<input type="hidden" name="to" value="${to}">`;
