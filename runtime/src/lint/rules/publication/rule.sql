select p.pubname as object,
       case when p.puballtables then 'all tables are published, row security or not'
         else 'tenants'' tables are published: ' || shown.names end as what,
       format('drop publication %I', p.pubname) as remedy
  from pg_publication p
 cross join lateral (
   select string_agg(t.name, ', ' order by t.name) as names from tenant_tables t
    where exists (select from pg_publication_rel r where r.prpubid = p.oid and r.prrelid = t.oid)
       or exists (select from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid where s.pnpubid = p.oid
         and n.nspname = t.nspname)
 ) shown
 where p.puballtables or shown.names is not null
