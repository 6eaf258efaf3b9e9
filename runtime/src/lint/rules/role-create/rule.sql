select r.rolname as object, format('it has %s on this database', p.privilege) as what,
       format('revoke %s on database %I from public, %I', lower(p.privilege), current_database(), r.rolname) as remedy
  from limited_roles r cross join unnest(array['CREATE', 'TEMPORARY']) as p (privilege)
 where has_database_privilege(r.oid, current_database(), p.privilege)
union all
select r.rolname, format('it has CREATE on schema %I', n.nspname), format('revoke create on schema %I from public, %I', n.nspname,
  r.rolname)
  from limited_roles r cross join pg_namespace n where has_schema_privilege(r.oid, n.oid, 'create')
