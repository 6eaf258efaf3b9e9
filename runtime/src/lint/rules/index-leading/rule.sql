select t.name as object,
       case when m.amname = 'hash' then format('the index %I is a hash index', c.relname)
            else format('the index %I does not begin with %s', c.relname, g.tenant_column) end as what,
       format('create index on %s using btree (%I, …); drop index %I.%I', t.name, g.tenant_column, t.nspname, c.relname) as remedy
  from tables t cross join given g
  join pg_index i on i.indrelid = t.oid
  join pg_class c on c.oid = i.indexrelid
  join pg_am m on m.oid = c.relam
 where t.tenant is not null
   and (m.amname = 'hash' or m.amname in ('btree', 'brin') and i.indkey[0] <> t.tenant)
   -- A key that leaves out the tenant altogether has a rule of its own.
   and (not (i.indisunique or i.indisexclusion) or t.tenant = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
