select t.name as object, format('PUBLIC has %s', string_agg(distinct a.privilege_type, ', ' order by a.privilege_type)) as what,
       format('revoke all on %s from public', t.name) as remedy
  from (select name, relacl as acl from relations where relkind <> 'S'
        union all
        select r.name, c.attacl from relations r join pg_attribute c on c.attrelid = r.oid where c.attacl is not null) t
 cross join aclexplode(t.acl) a
 where a.grantee = 0
 group by t.name
union all
select p.oid::regprocedure::text, 'PUBLIC may call it', format('revoke execute on routine %s from public', p.oid::regprocedure)
  from pg_proc p join namespaces n on n.oid = p.pronamespace cross join given g
 where g.house and (p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))
union all
select format('schema %I', n.nspname), format('PUBLIC has %s', string_agg(a.privilege_type, ', ' order by a.privilege_type)),
       format('revoke all on schema %I from public', n.nspname)
  from pg_namespace n cross join aclexplode(n.nspacl) a cross join given g
 where g.house and n.nspname = any (g.schemas) and a.grantee = 0
 group by n.nspname
union all
select format('default privileges of %s', pg_get_userbyid(d.defaclrole)), 'PUBLIC is granted what this role makes',
       format('alter default privileges for role %I revoke … from public', pg_get_userbyid(d.defaclrole))
  from pg_default_acl d cross join aclexplode(d.defaclacl) a
 where a.grantee = 0 and d.defaclobjtype in ('r', 'S', 'n')
