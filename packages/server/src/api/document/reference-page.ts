import { html } from 'hono/html';
import { favicon } from '../../platform/index.ts';
import { problemList } from '../answers/problem.ts';

type Html = ReturnType<typeof html>;

/** Of the OpenAPI document what is shown. */
interface Document {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface Shown {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, { schema: Schema }> }>
  >;
  readonly 'x-octobox-permission'?: string;
  readonly 'x-octobox-in-person'?: 'signed-in' | 'proof';
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
}

/** The API for people, made of its document: no script, one column, readable on a phone. */
export function referencePage(given: unknown): Html {
  const document = given as Document;
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Shown })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? ''))];
  const shapes = Object.entries(document.components?.schemas ?? {}) as [string, Schema][];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · Octobox</title>
<link rel="icon" href="${favicon.path}" type="image/svg+xml">
<link rel="stylesheet" href="/api/v1/reference.css">
</head>
<body>
<main>
<p><a href="/">Back to the console</a></p>
<h1>${document.info.title} API</h1>
${(document.info.description ?? '').split('\n\n').map((text) => html`<p>${codeIn(text)}</p>`)}
<p>For programs: <a href="/api/v1/openapi.json">the OpenAPI document</a>.</p>
<nav aria-label="Contents"><ul>
${tags.map((tag) => html`<li><a href="#${idOf(tag)}">${tag}</a></li>`)}
<li><a href="#shapes">Shapes</a></li>
<li><a href="#problems">Problems</a></li>
</ul></nav>
${tags.map(
  (tag) => html`<section id="${idOf(tag)}">
<h2>${tag}</h2>
${operations.filter(({ operation }) => operation.tags?.[0] === tag).map(operationPart)}
</section>`,
)}
<section id="shapes">
<h2>Shapes</h2>
${shapes.map(
  ([name, shape]) => html`<article id="shape-${name}">
<h3>${name}</h3>
${shape.description === undefined ? '' : html`<p>${codeIn(shape.description)}</p>`}
${fieldsPart(shape)}
</article>`,
)}
</section>
<section id="problems">
<h2>Problems</h2>
<dl>
${problemList.map(({ code, status, title }) => html`<dt id="problem-${code}"><code>${code}</code> ${status}</dt><dd>${title}.</dd>`)}
</dl>
</section>
</main>
</body>
</html>`;
}

const needed = (operation: Shown): Html | string => {
  const permission = operation['x-octobox-permission'];
  if (permission !== undefined) return html`<code>${permission}</code>`;
  const inPerson = operation['x-octobox-in-person'];
  if (inPerson === undefined) return 'any member';
  return `a session, and no key${inPerson === 'proof' ? '; with a fresh proof of who asks' : ''}`;
};

const operationPart = ({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Shown;
}): Html => {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(operation.responses).filter(([status]) => status !== 'default');
  return html`<article id="${operation.operationId}">
<h3><code>${method.toUpperCase()} ${path}</code></h3>
<p>${operation.summary}.${operation.description === undefined ? '' : html` ${codeIn(operation.description)}`}</p>
<dl>
<dt>Needs</dt><dd>${needed(operation)}</dd>
${(operation.parameters ?? []).map(
  (one) => html`<dt><code>${one.name}</code> in the ${one.in}${one.required === true ? ', required' : ''}</dt>
<dd>${typeOf(one.schema ?? {})}${one.description === undefined ? '' : html` · ${codeIn(one.description)}`}</dd>`,
)}
${body === undefined ? '' : html`<dt>Body</dt><dd>${typeOf(body)}</dd>`}
${answers.map(([status, answer]) => {
  const shape = Object.values(answer.content ?? {})[0]?.schema;
  return html`<dt>${status}</dt><dd>${answer.description}${shape === undefined ? '' : html`: ${typeOf(shape)}`}</dd>`;
})}
</dl>
</article>`;
};

const fieldsPart = ({ properties = {}, required = [] }: Schema): Html => html`<dl>
${Object.entries(properties).map(
  ([name, field]) => html`<dt><code>${name}</code>${required.includes(name) ? '' : ', may be absent'}</dt>
<dd>${typeOf(field)}${field.description === undefined ? '' : html` · ${codeIn(field.description)}`}</dd>`,
)}
</dl>`;

function typeOf(schema: Schema): Html {
  const { $ref, enum: values, items, anyOf, properties } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#shape-${name}">${name}</a>`;
  }
  if (values !== undefined) return joined(values.map((value) => html`<code>${String(value)}</code>`));
  if (anyOf !== undefined) return joined(anyOf.map(typeOf));
  if (items !== undefined) return html`list of ${typeOf(items)}`;
  if (properties?.items?.items !== undefined) return html`page of ${typeOf(properties.items.items)}`;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(
      ([name, field]) => html`<code>${name}</code> ${typeOf(field)}`,
    );
    return html`object: ${joined(fields, ', ')}`;
  }
  const { type = 'anything' } = schema;
  return html`${typeof type === 'string' ? type : type.join(' or ')}`;
}

const joined = (parts: readonly Html[], between = ' or '): Html =>
  html`${parts.map((part, at) => html`${at === 0 ? '' : between}${part}`)}`;

/** Texts of the document mark code with backticks. */
const codeIn = (text: string): Html =>
  html`${text.split('`').map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))}`;

const idOf = (tag: string): string => tag.toLowerCase().replace(/\W+/g, '-');

/** For the page alone. */
export const referenceStyle = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fff, #15181c); color: light-dark(#1b1f24, #e4e7eb); }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.8rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid light-dark(#d4d9df, #3a4149); padding-bottom: .3rem; }
h3 { margin: 2rem 0 .3rem; font-size: 1.05rem; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: light-dark(#0b57a4, #8cc4ff); }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .25rem 0; }
dl { margin: .5rem 0; }
dt { margin-top: .4rem; font-weight: 600; }
dd { margin: 0 0 0 1rem; }
:target { scroll-margin-top: 1rem; outline: 2px solid light-dark(#0b57a4, #8cc4ff); outline-offset: .5rem; }
`;
