select t.name as object,
       format('the key %I refers to %s without %s on both sides', k.conname, p.name, g.tenant_column) as what,
       format('alter table %s drop constraint %I, add foreign key (%I, …) references %s (%3$I, …)', t.name, k.conname,
         g.tenant_column, p.name)
         as remedy
  from pg_constraint k
  join tables t on t.oid = k.conrelid
  join tenant_tables p on p.oid = k.confrelid
 cross join given g
 where k.contype = 'f' and k.conparentid = 0
   and not exists (select from nobodys n where n.relation = p.name)
   and case when p.tenant is null then k.conkey <> array[t.tenant] or t.tenant is null
            else not exists (select from unnest(k.conkey, k.confkey) as pair (here, there) where here = t.tenant and there = p.tenant) end
