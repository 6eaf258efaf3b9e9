select relation as object, format('%s is permissive for %s', title, case when role = 0 then 'PUBLIC'
  else pg_get_userbyid(role)::text end) as what,
       dropped as remedy
  from policies cross join given g cross join unnest(polroles) as role
 where polpermissive and (role = 0 or pg_get_userbyid(role) <> all (g.roles || g.definers))
union all
select relation, title || ' stands for one command only', dropped || ', and make it for all commands' from policies where polcmd <> '*'
union all
select t.name, format('%s has privileges and no policy of its own', r.rolname),
       format('create policy tenant_rows on %s as permissive for all to %I using (…) with check (…), or revoke the privileges',
         t.name, r.rolname)
  from tenant_tables t cross join limited_roles r
 where (has_any_column_privilege(r.oid, t.oid, 'select, insert, update') or has_table_privilege(r.oid, t.oid, 'delete'))
   and not t.is_child
   and not exists (select from policies p where p.relid = t.oid and p.polpermissive and p.polroles && array[0::oid, r.oid])
