select t.name as object,
       case when k.confdeltype in ('n', 'd') and (k.confdelsetcols is null or t.tenant = any (k.confdelsetcols))
            then format('the key %I sets %s when the row that it refers to is deleted', k.conname, g.tenant_column)
            else format('the key %I changes %s when the row that it refers to changes', k.conname, g.tenant_column) end as what,
       format('alter table %s drop constraint %I, add foreign key … on delete set null (…), '
              'with the other columns, and on update no action',
              t.name, k.conname) as remedy
  from pg_constraint k
  join tables t on t.oid = k.conrelid
 cross join given g
 where k.contype = 'f' and k.conparentid = 0 and t.tenant = any (k.conkey)
   and (k.confdeltype in ('n', 'd') and (k.confdelsetcols is null or t.tenant = any (k.confdelsetcols)) or k.confupdtype in ('c', 'n', 'd'))
