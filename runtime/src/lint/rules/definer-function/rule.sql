select p.oid::regprocedure as object,
       format('it runs with the rights of %s%s', o.rolname, case when o.rolsuper then ', a superuser' when o.rolbypassrls
         then ', who has BYPASSRLS' else '' end)
         as what,
       format('alter routine %s security invoker, or give it to a narrow role that the conventions name', p.oid::regprocedure) as remedy
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner cross join given g
 where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and (o.rolsuper or o.rolbypassrls or o.rolname <> all (g.definers))
   and (p.pronamespace in (select oid from namespaces)
     or exists (select from limited_roles r where has_function_privilege(r.oid, p.oid, 'execute') and has_schema_privilege(r.oid,
       n.oid, 'usage')))
