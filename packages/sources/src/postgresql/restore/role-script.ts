/**
 * The statements of `pg_dumpall --globals-only` that concern roles. Only these kinds are ever run: the
 * script comes out of a backup and runs as a superuser.
 */
export type RoleStatement =
  | { readonly kind: 'create' | 'change' | 'parameter'; readonly role: string; readonly sql: string }
  | { readonly kind: 'grant'; readonly role: string; readonly member: string; readonly sql: string };

/** Splits at semicolons outside of quotes; comments and psql's own commands (`\restrict`) are left out. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let current = '';
  let quote: string | undefined;
  for (const line of script.split('\n')) {
    const between = quote === undefined && current.trim() === '';
    if (between && (line.startsWith('--') || line.startsWith('\\'))) continue;
    for (const character of `${line}\n`) {
      if (quote === undefined && character === ';') {
        statements.push(current.trim());
        current = '';
        continue;
      }
      current += character;
      // A doubled quote closes and opens again, which comes to the same.
      if (quote === character) quote = undefined;
      else if (quote === undefined && (character === "'" || character === '"')) quote = character;
    }
  }
  return statements.filter((statement) => statement !== '');
}

const identifier = String.raw`("(?:[^"]|"")+"|[^\s";]+)`;
const patterns = {
  create: new RegExp(`^CREATE ROLE ${identifier}$`),
  change: new RegExp(`^(?:ALTER|COMMENT ON) ROLE ${identifier}\\s`),
  grant: new RegExp(`^GRANT ${identifier} TO ${identifier}(?:\\s|$)`),
  parameter: new RegExp(`^GRANT [A-Z, ]+ ON PARAMETER \\S+ TO ${identifier}(?:\\s|$)`),
  grantor: new RegExp(` GRANTED BY ${identifier}$`),
};

const unquote = (name = ''): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

export function roleStatements(script: string): RoleStatement[] {
  const found: RoleStatement[] = [];
  for (const sql of splitStatements(script)) {
    const create = patterns.create.exec(sql);
    const change = patterns.change.exec(sql);
    const parameter = patterns.parameter.exec(sql);
    const grant = patterns.grant.exec(sql);
    if (create !== null) found.push({ kind: 'create', role: unquote(create[1]), sql });
    else if (change !== null) found.push({ kind: 'change', role: unquote(change[1]), sql });
    else if (parameter !== null) found.push({ kind: 'parameter', role: unquote(parameter[1]), sql });
    else if (grant !== null) {
      // Whoever granted it then may not be able to, or be there, on the server of the restore.
      const plain = sql.replace(patterns.grantor, '');
      found.push({ kind: 'grant', role: unquote(grant[1]), member: unquote(grant[2]), sql: plain });
    }
  }
  return found;
}
