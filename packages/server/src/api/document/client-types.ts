/** Of an OpenAPI document what types are made from. */
export interface TypedDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly 'x-octobox-permission'?: string;
  readonly 'x-octobox-roles'?: readonly string[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly description?: string;
}

/**
 * What a client in TypeScript knows of the API: an interface for each named shape, `Operations` with what every
 * operation takes and answers, and `operations` with where it is and who may ask for it.
 * @throws Error for a schema of a kind that the API has not used so far
 */
export function clientTypes(document: TypedDocument): string {
  const schemas = Object.entries(document.components?.schemas ?? {}) as [string, Schema][];
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...(operation as Described) })),
  );
  return [
    '/**',
    ' * The API as its OpenAPI document tells it. Made by `node packages/server/src/api/document/write-client-types.ts`; a test',
    ' * compares it with the document.',
    ' */',
    '',
    ...schemas.flatMap(([name, schema]) => [
      ...remark(schema, ''),
      `export type ${name} = ${typeOf(schema, '')};`,
      '',
    ]),
    'export interface Operations {',
    ...described.map((one) => operationType(one)),
    '}',
    '',
    'export const operations = {',
    ...described.map((one) => operationFacts(one)),
    '} as const;',
    '',
  ].join('\n');
}

const remark = ({ description }: Schema, indent: string): string[] =>
  description === undefined ? [] : [`${indent}/** ${description.replaceAll('*/', '* /')} */`];

function operationType({ operationId, parameters = [], requestBody, responses }: Described): string {
  const among = (where: string): string => {
    const found = parameters.filter((parameter) => parameter.in === where);
    const properties = Object.fromEntries(found.map(({ name, schema }) => [name, schema ?? {}]));
    const required = found.filter((one) => one.required === true).map(({ name }) => name);
    return typeOf({ type: 'object', properties, required }, '    ');
  };
  const body = requestBody?.content['application/json']?.schema;
  const good = Object.entries(responses).find(([status]) => status !== 'default')?.[1].content;
  const answer = good?.['application/json']?.schema;
  const fields = [
    `    readonly params: ${among('path')};`,
    `    readonly query: ${among('query')};`,
    `    readonly body: ${body === undefined ? 'undefined' : typeOf(body, '    ')};`,
    `    readonly answer: ${answer === undefined ? 'undefined' : typeOf(answer, '    ')};`,
  ];
  return [`  ${operationId}: {`, ...fields, '  };'].join('\n');
}

function operationFacts(one: Described & { path: string; method: string }): string {
  const facts = {
    method: one.method.toUpperCase(),
    path: one.path,
    permission: one['x-octobox-permission'] ?? null,
    roles: one['x-octobox-roles'] ?? [],
  };
  const fields = Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `  ${one.operationId}: { ${fields.join(', ')} },`;
}

function typeOf(schema: Schema, indent: string): string {
  const { $ref, anyOf, allOf, type } = schema;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (anyOf !== undefined) return anyOf.map((one) => typeOf(one, indent)).join(' | ');
  // A shape that is described once more where it is used.
  if (allOf !== undefined) {
    const known = allOf.map((one) => typeOf(one, indent)).filter((text) => text !== 'unknown');
    return known.length === 0 ? 'unknown' : known.join(' & ');
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (type === undefined) return 'unknown';
  if (typeof type !== 'string')
    return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ');
  if (type === 'array') return `readonly (${typeOf(schema.items ?? {}, indent)})[]`;
  if (type === 'object') return objectType(schema, indent);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  throw new Error(`a client would have no type for ${JSON.stringify(schema)}`);
}

function objectType(
  { properties = {}, required = [], additionalProperties }: Schema,
  indent: string,
): string {
  const inner = `${indent}  `;
  const entries = Object.entries(properties);
  if (entries.length === 0) {
    return typeof additionalProperties === 'object'
      ? `Readonly<Record<string, ${typeOf(additionalProperties, indent)}>>`
      : 'Readonly<Record<never, never>>';
  }
  const lines = entries.flatMap(([name, schema]) => [
    ...remark(schema, inner),
    `${inner}readonly ${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema, inner)}${
      required.includes(name) ? '' : ' | undefined'
    };`,
  ]);
  return ['{', ...lines, `${indent}}`].join('\n');
}
