select r.rolname as object, format('it has the attribute %s and so %s', upper(a.attribute), a.danger) as what,
       format('alter role %I no%s', r.rolname, a.attribute) as remedy
  from app_roles r
 cross join lateral (values (r.rolsuper, 'superuser', 'passes every fence'), (r.rolbypassrls, 'bypassrls', 'passes every fence'),
                            (r.rolcreaterole, 'createrole', 'can give itself other roles'),
                            (r.rolcreatedb, 'createdb', 'can make databases without fences'),
                            (r.rolreplication, 'replication', 'reads every row from the log')) as a (held, attribute, danger)
 where a.held
