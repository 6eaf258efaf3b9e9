select t.name as object,
       format('the %s %I leaves out %s', case when i.indisprimary then 'primary key' when i.indisexclusion then 'exclusion constraint'
                                              else 'unique key' end, c.relname, g.tenant_column) as what,
       format('make one that begins with %I, then drop %s', g.tenant_column,
              coalesce((select format('the constraint %I of %s', k.conname, t.name) from pg_constraint k
                         where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x') limit 1), format('the index %I.%I',
                           t.nspname, c.relname)))
         as remedy
  from tables t cross join given g
  join pg_index i on i.indrelid = t.oid
  join pg_class c on c.oid = i.indexrelid
 where t.tenant is not null and (i.indisunique or i.indisexclusion)
   and format('%I.%I', t.nspname, c.relname) <> all (g.global_keys)
   and not exists (
     select from generate_subscripts(i.indkey, 1) as at
      where at < i.indnkeyatts and i.indkey[at] = t.tenant
        -- An exclusion compares the tenant for equality, else it does the opposite.
        and (not i.indisexclusion or exists (
              select from pg_constraint k join pg_operator o on o.oid = k.conexclop[at + 1]
               where k.conindid = i.indexrelid and k.contype = 'x' and o.oprname = '=')))
