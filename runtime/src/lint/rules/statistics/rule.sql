select r.rolname as object, format('it may read %s, and %s more like it', min(found.name), count(*) - 1) as what,
       'run `cargo xtask provision --quiet-stats --admin-url …` as a superuser' as remedy
  from limited_roles r
 cross join lateral (
   select p.oid::regprocedure::text as name from counting_functions p
    where has_function_privilege(r.oid, p.oid, 'execute')
   union all
   select c.oid::regclass::text from counting_views c
    where has_table_privilege(r.oid, c.oid, 'select')
 ) found
 group by r.rolname
