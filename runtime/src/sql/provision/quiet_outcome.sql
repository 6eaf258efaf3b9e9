    union all
    select format('%s may call %s', r, p.oid::regprocedure) from unnest(array['{app}', '{platform}', '{identity}']) r, pg_proc p
     where {counting_functions}
       and has_function_privilege(r, p.oid, 'execute')
    union all
    select format('%s may read %s', r, c.oid::regclass) from unnest(array['{app}', '{platform}', '{identity}']) r, pg_class c
     where {counting_views}
       and has_table_privilege(r, c.oid, 'select')
