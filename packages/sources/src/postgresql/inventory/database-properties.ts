import type { InventoryObject } from '../../source.ts';
import { quoteIdentifier, quoteLiteral, type Session } from '../connecting/session.ts';

/**
 * What belongs to the database itself and not to anything in it: encoding, locale, owner, grants and
 * settings. pg_restore brings it back only under the database's old name, so the inventory keeps it.
 */
export async function readDatabaseObjects(session: Session): Promise<InventoryObject[]> {
  const [row] = await session.query<{ properties: Record<string, string | null> }>(
    `select to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding), 'owner', d.datdba::regrole,
        'comment', shobj_description(d.oid, 'pg_database'),
        'superuser', (select rolname from pg_catalog.pg_roles where oid = 10)) as properties
     from pg_catalog.pg_database d where d.datname = current_database()`,
  );
  const properties = row?.properties ?? {};
  // Before 15 every database had the C library's locale; on the way to 17 daticulocale became datlocale.
  const values: Record<string, string | null | undefined> = {
    encoding: properties.encoding,
    collate: properties.datcollate,
    ctype: properties.datctype,
    'locale-provider': properties.datlocprovider ?? 'c',
    locale: properties.datlocale ?? properties.daticulocale,
    'locale-rules': properties.daticurules,
    owner: properties.owner,
    comment: properties.comment,
    'connection-limit': `${properties.datconnlimit ?? -1}`,
    'bootstrap-superuser': properties.superuser,
  };
  const objects: InventoryObject[] = [];
  for (const [name, detail] of Object.entries(values)) {
    if (detail != null) objects.push({ type: 'database', name, detail });
  }
  const granted = await session.query<{ name: string; detail: string }>(
    `select case when x.grantee = 0 then 'public' else x.grantee::regrole::text end as name,
       string_agg(x.privilege_type || case when x.is_grantable then '*' else '' end, ',' order by x.privilege_type) as detail
     from pg_catalog.pg_database d, lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
     where d.datname = current_database() group by 1`,
  );
  for (const { name, detail } of granted) objects.push({ type: 'database-grant', name, detail });
  const settings = await session.query<{ role: string | null; setting: string }>(
    `select case when s.setrole <> 0 then s.setrole::regrole::text end as role, unnest(s.setconfig) as setting
     from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase
     where d.datname = current_database()`,
  );
  for (const { role, setting } of settings) {
    const split = setting.indexOf('=');
    const name = `${setting.slice(0, split)}${role === null ? '' : ` for ${role}`}`;
    objects.push({ type: 'database-setting', name, detail: setting.slice(split + 1) });
  }
  return objects;
}

const detailOf = (objects: readonly InventoryObject[], name: string): string | undefined =>
  objects.find((object) => object.type === 'database' && object.name === name)?.detail;

export const bootstrapSuperuserOf = (objects: readonly InventoryObject[]): string =>
  detailOf(objects, 'bootstrap-superuser') ?? 'postgres';

/** CREATE DATABASE with the encoding, locale and owner of the inventory. */
export function createDatabaseStatement(
  name: string,
  objects: readonly InventoryObject[],
  options: { anyLocale?: boolean } = {},
): string {
  const parts = [`create database ${quoteIdentifier(name)} template template0`];
  const encoding = detailOf(objects, 'encoding');
  const owner = detailOf(objects, 'owner');
  if (encoding !== undefined) parts.push(`encoding ${quoteLiteral(encoding)}`);
  if (options.anyLocale === true) {
    parts.push("lc_collate 'C' lc_ctype 'C'");
  } else {
    const collate = detailOf(objects, 'collate');
    const ctype = detailOf(objects, 'ctype');
    const provider = detailOf(objects, 'locale-provider');
    const locale = detailOf(objects, 'locale');
    if (collate !== undefined) parts.push(`lc_collate ${quoteLiteral(collate)}`);
    if (ctype !== undefined) parts.push(`lc_ctype ${quoteLiteral(ctype)}`);
    const rules = detailOf(objects, 'locale-rules');
    if (provider === 'i' && locale !== undefined)
      parts.push(`locale_provider icu icu_locale ${quoteLiteral(locale)}`);
    if (rules !== undefined) parts.push(`icu_rules ${quoteLiteral(rules)}`);
    if (provider === 'b' && locale !== undefined) {
      parts.push(`locale_provider builtin builtin_locale ${quoteLiteral(locale)}`);
    }
  }
  // The name of a role comes quoted from the server, here and below.
  if (owner !== undefined) parts.push(`owner ${owner}`);
  return parts.join(' ');
}

/** Settings whose value the server keeps as a list of quoted names already (GUC_LIST_QUOTE). */
const quotedLists = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** Grants, settings, comment and limit of the database, to be run when its content is there. */
export function databasePropertyStatements(name: string, objects: readonly InventoryObject[]): string[] {
  const database = `database ${quoteIdentifier(name)}`;
  const statements = [`revoke all on ${database} from public`];
  for (const object of objects) {
    const detail = object.detail ?? '';
    if (object.type === 'database-grant') {
      for (const privilege of detail.split(',')) {
        const [word = ''] = privilege.split('*');
        const option = privilege.endsWith('*') ? ' with grant option' : '';
        statements.push(`grant ${word} on ${database} to ${object.name}${option}`);
      }
    }
    if (object.type === 'database-setting') {
      const [setting = '', role] = object.name.split(' for ');
      const value = quotedLists.has(setting) ? detail : quoteLiteral(detail);
      const whose = role === undefined ? `alter ${database}` : `alter role ${role} in ${database}`;
      statements.push(`${whose} set ${setting} to ${value === '' ? "''" : value}`);
    }
  }
  const comment = detailOf(objects, 'comment');
  if (comment !== undefined) statements.push(`comment on ${database} is ${quoteLiteral(comment)}`);
  const limit = detailOf(objects, 'connection-limit') ?? '-1';
  if (/^\d+$/.test(limit)) statements.push(`alter ${database} connection limit ${limit}`);
  return statements;
}
