-- What every rule knows: the conventions, as arguments, and the relations that they are about. A rule is a query that stands below it and
-- gives object, what and remedy.
with
given as (
  select $1::text   as tenant_column,
         $2::text[] as schemas,
         $3::text   as setting,
         $4::text   as fence,           -- a regular expression that the whole expression of a policy matches
         $5::text[] as roles,           -- what the service logs in with; the first one is the app's
         $6::text[] as definers,        -- the narrow roles that may own definer functions and have policies of their own
         $7::text[] as shared,          -- tables without tenants' rows
         $11::text  as tenant_default,  -- the default of the tenant column, or null when any will do
         $12::text  as tenant_trigger,  -- the function that refuses a change of tenant, or null when none is asked for
         $13::text  as event_trigger,   -- what fences new tables, or null when none is asked for
         $16::text  as tenant_type,     -- the type of the tenant column, or null when any will do
         $17::bool  as house,           -- whether everything in the schemas was made by these conventions
         $19::text[] as global_keys     -- unique keys of the platform, which hold in the whole database
),
arms as (
  select * from unnest($8::text[], $9::text[], $10::text[]) as arm (relation, role, expression)
),
-- What belongs to no tenant, and which a tenant's row may refer to: no arm of its fence reads the tenant.
nobodys as (
  select a.relation from arms a group by a.relation having not bool_or(a.expression ~ '\mcurrent_setting\(')
  union select unnest(g.shared) from given g
),
floors as (
  select * from unnest($14::int[], $15::int[]) as floor (major, minor)
),
app_roles as (
  select r.* from pg_roles r, given g where r.rolname = any (g.roles)
),
-- A superuser has every privilege; saying so a hundred times helps nobody.
limited_roles as (
  select * from app_roles where not rolsuper
),
namespaces as (
  select n.oid, n.nspname from pg_namespace n, given g
   where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and (g.schemas = '{}' or n.nspname = any (g.schemas)
       or exists (select from limited_roles r where has_schema_privilege(r.oid, n.oid, 'usage')))
),
relations as (
  select c.oid, c.relname, c.relkind, c.relowner, c.reloptions, c.relacl, c.relrowsecurity, c.relforcerowsecurity, n.nspname,
         format('%I.%I', n.nspname, c.relname) as name,
         exists (select from pg_inherits i where i.inhrelid = c.oid) as is_child
    from pg_class c join namespaces n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
),
tables as (
  select t.*, a.attnum as tenant, a.attnotnull as tenant_not_null, format_type(a.atttypid, a.atttypmod) as tenant_type,
         pg_get_expr(d.adbin, d.adrelid) as tenant_default
    from relations t cross join given g
    left join pg_attribute a on a.attrelid = t.oid and a.attname = g.tenant_column and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where t.relkind in ('r', 'p') and t.name <> all (g.shared)
),
-- Tables whose rows belong to tenants: they have the tenant column, or are the tenants themselves.
tenant_tables as (
  select t.* from tables t where t.tenant is not null or exists (select from arms a where a.relation = t.name)
),
policies as (
  select p.polname, p.polcmd, p.polpermissive, p.polroles, t.oid as relid, t.name as relation,
         format('policy %I on %s', p.polname, t.name) as title,
         format('drop policy %I on %s', p.polname, t.name) as dropped,
         pg_get_expr(p.polqual, p.polrelid) as rows_seen, pg_get_expr(p.polwithcheck, p.polrelid) as rows_written, p.oid
    from pg_policy p join tenant_tables t on t.oid = p.polrelid
),
-- Expressions of policies that are not the fence, each by the first thing that is wrong with it.
expressions as (
  select distinct p.oid, p.relation, p.title, p.dropped, regexp_replace(e, '\s+', ' ', 'g') as expression,
         case when exists (select from pg_depend d where d.classid = 'pg_policy'::regclass and d.objid = p.oid
                              and d.refclassid = 'pg_proc'::regclass and d.refobjid >= 16384) then 'function'
              when e ~ '\mSELECT\M.*\mFROM\M' then 'lookup'
              when e ~ '\mCOALESCE\(' then 'coalesce'
              when e !~ '\mcurrent_setting\(' then 'open'
              when e ~ '\m(OR|CASE)\M' then 'arm'
              when e ~ ('\m' || g.tenant_column || '"?\)::(text|character varying|"?char)')
                or e ~ '~~|\^@|starts_with|\mlike\M|"left"\(|substr| ~ ' then 'text'
              else 'other' end as kind
    from policies p cross join given g cross join lateral (values (p.rows_seen), (p.rows_written)) as half (e)
   where e is not null and e !~ g.fence
     and not exists (select from arms a where a.relation = p.relation and a.expression = e)
)
