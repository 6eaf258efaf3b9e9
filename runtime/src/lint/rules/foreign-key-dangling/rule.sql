select t.name as object,
       case when k.convalidated and s.all_seen then format('the key %I is recorded as valid and has dangling rows', k.conname)
            when k.convalidated then format('the key %I could not be checked for dangling rows: this login does not see all rows',
              k.conname)
            else format('the key %I is not validated', k.conname) end as what,
       case when k.convalidated and not s.all_seen then 'run lint-db with the login of a superuser or of a role with BYPASSRLS'
            else format('mend the rows, then validate %I of %s in one transaction that lifts FORCE on both tables', k.conname,
              t.name) end as remedy,
       case when not k.convalidated then 'select true'
            when s.all_seen then
              format('select exists (select from only %s c where %s and not exists (select from %s p where %s))',
                     t.name, s.given, p.name, s.same)
            else '' end as probe
  from pg_constraint k
  join tables t on t.oid = k.conrelid and t.relkind = 'r'
  join relations p on p.oid = k.confrelid
  cross join lateral (
    select string_agg(format('c.%I is not null', ca.attname), ' and ') as given,
           string_agg(format('c.%I = p.%I', ca.attname, pa.attname), ' and ') as same,
           has_table_privilege(t.oid, 'select') and has_table_privilege(p.oid, 'select')
             and not row_security_active(t.oid) and not row_security_active(p.oid) as all_seen
      from unnest(k.conkey, k.confkey) as pair (here, there)
      join pg_attribute ca on ca.attrelid = t.oid and ca.attnum = here
      join pg_attribute pa on pa.attrelid = p.oid and pa.attnum = there
  ) s
 where k.contype = 'f' and t.tenant is not null
