select p.oid::regprocedure as object,
       'it has no search_path of its own' as what,
       format('alter routine %s set search_path = pg_catalog, pg_temp', p.oid::regprocedure) as remedy
  from pg_proc p join namespaces n on n.oid = p.pronamespace
 where (p.prosecdef or p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype))
   -- A body in standard SQL is bound to its objects when it is made.
   and p.prosqlbody is null
   and not exists (select from unnest(p.proconfig) s where s ~ '^search_path=')
   and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
