    union all
    select '{backup} has no BYPASSRLS' from pg_roles where rolname = '{backup}' and not rolbypassrls
    union all
    select format('%s may call %s', r, p.oid::regprocedure) from unnest(array['{app}', '{platform}', '{identity}']) r, pg_proc p
     where {reaching_functions}
       and has_function_privilege(r, p.oid, 'execute')
    union all
    select 'the event trigger {prefix}_enable_row_security is missing or disabled'
     where not exists (select from pg_event_trigger where evtname = '{prefix}_enable_row_security' and evtenabled = 'O')
