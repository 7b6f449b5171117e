/**
 * What a database consists of, by one query for each type of object. Every query returns `name`,
 * `detail` (a fingerprint of the definition, as the server words it) and where it applies `count`.
 * Members of extensions are left out: they come back with their extension.
 * Written for the catalogs of PostgreSQL 13 to 18, in ASCII, because a database may have an encoding
 * that lacks any other character; the search path must be empty, so that names are
 * qualified the same way on every server.
 */
export interface CatalogQuery {
  /** The type of all rows, unless the query returns a column `type`. */
  readonly type: string;
  /** The first major version that has these catalogs. */
  readonly since?: number;
  readonly sql: string;
}

const userSchema = (column: string): string =>
  `${column} in (select oid from pg_catalog.pg_namespace where nspname <> 'information_schema' and nspname !~ '^pg_')`;

const notOfExtension = (catalog: string, column: string): string =>
  `not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
     and d.objid = ${column} and d.deptype = 'e')`;

/** The server makes the constructors of a range type with it, and more of them since 14. */
const functions = `${userSchema('p.pronamespace')} and ${notOfExtension('pg_proc', 'p.oid')}
  and not exists (select from pg_catalog.pg_depend i where i.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    and i.objid = p.oid and i.deptype = 'i')`;

const relations = (kinds: string, joined = 'true'): string =>
  `pg_catalog.pg_class c where ${joined} and c.relkind in (${kinds}) and ${userSchema('c.relnamespace')}
   and ${notOfExtension('pg_class', 'c.oid')}`;

const columnsOf = (relation: string): string => `
  (select coalesce(string_agg(format('%s %s %s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod),
     a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation,
     (select pg_get_expr(f.adbin, f.adrelid) from pg_catalog.pg_attrdef f
      where f.adrelid = a.attrelid and f.adnum = a.attnum)), ', ' order by a.attnum), '')
   from pg_catalog.pg_attribute a where a.attrelid = ${relation} and a.attnum > 0 and not a.attisdropped)`;

/** One grant a row: defaults are spelled out, because a restore may turn them into explicit ones and back. */
const grants = (what: string, acl: string, defaults: string, from: string): string => `
  select format('%s to %s', o.what, case when x.grantee = 0 then 'public' else x.grantee::regrole::text end) as name,
    string_agg(x.privilege_type || case when x.is_grantable then '*' else '' end, ','
      order by x.privilege_type, x.is_grantable) as detail
  from (select ${what} as what, coalesce(${acl}, ${defaults}) as acl from ${from}) o, lateral aclexplode(o.acl) x
  group by 1`;

const simple = (catalog: string, name: string, namespace: string, text: string, detail = "''"): string => `
  select ${text} as name, md5(${detail}) as detail from pg_catalog.${catalog} o
  where ${userSchema(`o.${namespace}`)} and ${notOfExtension(catalog, 'o.oid')} and o.${name} is not null`;

const qualified = (name: string, namespace: string): string =>
  `format('%I.%I', (select nspname from pg_catalog.pg_namespace n where n.oid = o.${namespace}), o.${name})`;

export const catalogQueries: readonly CatalogQuery[] = [
  {
    type: 'schema',
    sql: `select quote_ident(nspname) as name from pg_catalog.pg_namespace n
      where ${userSchema('n.oid')} and ${notOfExtension('pg_namespace', 'n.oid')}`,
  },
  {
    type: 'table',
    sql: `select case c.relkind when 'r' then 'table' when 'p' then 'partitioned-table' else 'foreign-table' end as type,
      c.oid::regclass::text as name,
      md5(concat_ws('|', c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
        array_to_string(c.reloptions, ','), pg_get_expr(c.relpartbound, c.oid),
        case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
        (select string_agg(i.inhparent::regclass::text, ',' order by i.inhseqno)
         from pg_catalog.pg_inherits i where i.inhrelid = c.oid), ${columnsOf('c.oid')})) as detail
      from ${relations("'r', 'p', 'f'")}`,
  },
  {
    type: 'view',
    sql: `select case c.relkind when 'v' then 'view' else 'materialized-view' end as type,
      c.oid::regclass::text as name,
      md5(concat_ws('|', pg_get_viewdef(c.oid), array_to_string(c.reloptions, ','), c.relispopulated)) as detail
      from ${relations("'v', 'm'")}`,
  },
  {
    type: 'sequence',
    sql: `select c.oid::regclass::text as name,
      md5(concat_ws('|', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)) as detail
      from pg_catalog.pg_sequence s, ${relations("'S'", 'c.oid = s.seqrelid')}`,
  },
  {
    type: 'index',
    sql: `select c.oid::regclass::text as name, md5(pg_get_indexdef(c.oid)) as detail
      from ${relations("'i', 'I'")} and exists (select from pg_catalog.pg_index i
        where i.indexrelid = c.oid and (i.indisvalid or c.relkind = 'I'))`,
  },
  {
    type: 'function',
    sql: `select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as type,
      p.oid::regprocedure::text as name,
      case when p.prokind <> 'a' then md5(pg_get_functiondef(p.oid)) end as detail
      from pg_catalog.pg_proc p where ${functions}`,
  },
  {
    // Those that a partition has from its parent count as internal before 15 and as its own since.
    type: 'trigger',
    sql: `select format('%I on %s', t.tgname, t.tgrelid::regclass) as name,
      md5(concat_ws('|', pg_get_triggerdef(t.oid), t.tgenabled)) as detail
      from pg_catalog.pg_trigger t, ${relations("'r', 'p', 'v', 'f'", 'c.oid = t.tgrelid and not t.tgisinternal and t.tgparentid = 0')}`,
  },
  {
    type: 'rule',
    sql: `select format('%I on %s', r.rulename, r.ev_class::regclass) as name, md5(pg_get_ruledef(r.oid)) as detail
      from pg_catalog.pg_rewrite r, ${relations("'r', 'p', 'v', 'm', 'f'", "c.oid = r.ev_class and r.rulename <> '_RETURN'")}`,
  },
  {
    type: 'policy',
    sql: `select format('%I on %s', p.polname, p.polrelid::regclass) as name,
      md5(concat_ws('|', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))) as detail
      from pg_catalog.pg_policy p, ${relations("'r', 'p'", 'c.oid = p.polrelid')}`,
  },
  {
    // Those that a partition has from its parent come back under names of the server's choice; NOT NULL
    // is part of the columns, and constraint triggers are triggers.
    type: 'constraint',
    sql: `select case k.contype when 'f' then 'foreign-key' else 'constraint' end as type,
      format('%I on %s', k.conname, case when k.conrelid = 0 then k.contypid::regtype::text else k.conrelid::regclass::text end) as name,
      md5(concat_ws('|', pg_get_constraintdef(k.oid), k.convalidated)) as detail
      from pg_catalog.pg_constraint k where k.contype in ('c', 'f', 'p', 'u', 'x')
      and not (k.contype = 'f' and k.conparentid <> 0) and ${userSchema('k.connamespace')}
      and ${notOfExtension('pg_class', 'k.conrelid')} and ${notOfExtension('pg_type', 'k.contypid')}`,
  },
  {
    type: 'type',
    sql: `select t.oid::regtype::text as name, md5(concat_ws('|', t.typtype, t.typnotnull, t.typdefault,
        case when t.typbasetype <> 0 then format_type(t.typbasetype, t.typtypmod) end,
        (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid),
        case when t.typrelid <> 0 then ${columnsOf('t.typrelid')} end,
        (select r.rngsubtype::regtype::text from pg_catalog.pg_range r where r.rngtypid = t.oid))) as detail
      from pg_catalog.pg_type t where t.typtype in ('b', 'c', 'd', 'e', 'r') and ${userSchema('t.typnamespace')}
      and not (t.typtype = 'b' and t.typelem <> 0 and t.typlen = -1 and t.typname like '\\_%')
      and (t.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
      and ${notOfExtension('pg_type', 't.oid')}`,
  },
  {
    type: 'extension',
    sql: `select quote_ident(extname) as name, extversion as detail from pg_catalog.pg_extension`,
  },
  {
    type: 'event-trigger',
    sql: `select quote_ident(e.evtname) as name, md5(concat_ws('|', e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags)) as detail
      from pg_catalog.pg_event_trigger e where ${notOfExtension('pg_event_trigger', 'e.oid')}`,
  },
  {
    type: 'publication',
    sql: `select quote_ident(p.pubname) as name, md5(concat_ws('|', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
      (select string_agg(r.prrelid::regclass::text, ',' order by r.prrelid::regclass::text)
       from pg_catalog.pg_publication_rel r where r.prpubid = p.oid))) as detail from pg_catalog.pg_publication p`,
  },
  {
    type: 'publication',
    since: 15,
    sql: `select format('%I for schema %s', p.pubname, n.pnnspid::regnamespace) as name
      from pg_catalog.pg_publication_namespace n join pg_catalog.pg_publication p on p.oid = n.pnpubid`,
  },
  {
    type: 'publication',
    since: 15,
    sql: `select format('%I of some of %s', p.pubname, r.prrelid::regclass) as name,
      md5(concat_ws('|', pg_get_expr(r.prqual, r.prrelid), (select string_agg(a.attname, ',' order by a.attnum)
        from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)))) as detail
      from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid
      where r.prqual is not null or r.prattrs is not null`,
  },
  {
    type: 'foreign-server',
    sql: `select quote_ident(s.srvname) as name from pg_catalog.pg_foreign_server s
      where ${notOfExtension('pg_foreign_server', 's.oid')}`,
  },
  {
    type: 'statistics',
    sql: simple(
      'pg_statistic_ext',
      'stxname',
      'stxnamespace',
      qualified('stxname', 'stxnamespace'),
      'pg_get_statisticsobjdef(o.oid)',
    ),
  },
  { type: 'operator', sql: simple('pg_operator', 'oprname', 'oprnamespace', 'o.oid::regoperator::text') },
  {
    type: 'collation',
    // As JSON, because ICU's locale has another column in 13, 15 and 17.
    sql: simple(
      'pg_collation',
      'collname',
      'collnamespace',
      qualified('collname', 'collnamespace'),
      `(to_jsonb(o) - '{oid,collname,collnamespace,collowner,collversion}'::text[])::text`,
    ),
  },
  {
    type: 'text-search-configuration',
    sql: simple('pg_ts_config', 'cfgname', 'cfgnamespace', qualified('cfgname', 'cfgnamespace')),
  },
  {
    type: 'text-search-dictionary',
    sql: simple(
      'pg_ts_dict',
      'dictname',
      'dictnamespace',
      qualified('dictname', 'dictnamespace'),
      'dictinitoption',
    ),
  },
  {
    // Objects of the server itself have numbers below 16384.
    type: 'comment',
    sql: `select 'all' as name, count(*) as count from pg_catalog.pg_description d where d.objoid >= 16384
      and not exists (select from pg_catalog.pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
      and d.classoid <> 'pg_catalog.pg_extension'::regclass`,
  },
  {
    type: 'grant',
    sql: grants(
      `case c.relkind when 'S' then 'sequence ' else 'table ' end || c.oid::regclass`,
      'c.relacl',
      `acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)`,
      relations("'r', 'p', 'f', 'v', 'm', 'S'"),
    ),
  },
  {
    type: 'grant',
    sql: grants(
      `format('column %s.%I', a.attrelid::regclass, a.attname)`,
      'a.attacl',
      `'{}'::aclitem[]`,
      `(select a.* from pg_catalog.pg_attribute a where a.attacl is not null and not a.attisdropped and exists
         (select from ${relations("'r', 'p', 'f', 'v', 'm'")} and c.oid = a.attrelid)) a`,
    ),
  },
  {
    type: 'grant',
    sql: grants(
      `'function ' || p.oid::regprocedure`,
      'p.proacl',
      `acldefault('f', p.proowner)`,
      `pg_catalog.pg_proc p where ${functions}`,
    ),
  },
  {
    type: 'grant',
    sql: grants(
      `'schema ' || quote_ident(n.nspname)`,
      'n.nspacl',
      `acldefault('n', n.nspowner)`,
      `pg_catalog.pg_namespace n where ${userSchema('n.oid')} and ${notOfExtension('pg_namespace', 'n.oid')}`,
    ),
  },
  {
    type: 'default-privilege',
    sql: `select format('%s for %s in %s to %s', d.defaclobjtype, d.defaclrole::regrole,
        case when d.defaclnamespace = 0 then 'every schema' else d.defaclnamespace::regnamespace::text end,
        case when x.grantee = 0 then 'public' else x.grantee::regrole::text end) as name,
      string_agg(x.privilege_type || case when x.is_grantable then '*' else '' end, ',' order by x.privilege_type, x.is_grantable) as detail
      from pg_catalog.pg_default_acl d, lateral aclexplode(d.defaclacl) x group by 1`,
  },
  {
    type: 'role',
    sql: `select quote_ident(rolname) as name, concat_ws(' ', case when rolsuper then 'superuser' end,
        case when rolinherit then 'inherit' end, case when rolcreaterole then 'createrole' end,
        case when rolcreatedb then 'createdb' end, case when rolcanlogin then 'login' end,
        case when rolreplication then 'replication' end, case when rolbypassrls then 'bypassrls' end,
        'limit ' || rolconnlimit) as detail
      from pg_catalog.pg_roles where rolname !~ '^pg_'`,
  },
  {
    type: 'membership',
    sql: `select format('%s in %s', m.member::regrole, m.roleid::regrole) as name,
      case when bool_or(m.admin_option) then 'admin' else 'member' end as detail
      from pg_catalog.pg_auth_members m
      where m.member >= 16384 group by 1`,
  },
];
