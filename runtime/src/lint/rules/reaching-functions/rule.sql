select r.rolname as object,
       format('it may call %s function(s) that reach beyond a tenant''s rows, such as %s', count(*),
              coalesce(min(p.oid::regprocedure::text) filter (where p.proname = 'set_config'), min(p.oid::regprocedure::text))) as what,
       'run `cargo xtask provision --admin-url …` as a superuser' as remedy
  from reaching_functions p cross join limited_roles r
 where has_function_privilege(r.oid, p.oid, 'execute')
 group by r.rolname
