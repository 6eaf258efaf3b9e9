    select format('%s has a forbidden attribute', rolname) as fault from pg_roles
     where rolname in ('{owner}', '{migrator}', '{app}', '{platform}', '{identity}', '{backup}', '{lookup}')
       and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls and rolname <> '{backup}')
    union all
    select format('%s is a member of %s', member::regrole, roleid::regrole) from pg_auth_members
     where member in ('{owner}'::regrole, '{app}'::regrole, '{platform}'::regrole, '{identity}'::regrole, '{backup}'::regrole, '{lookup}'::regrole)
       and (member, roleid) <> ('{owner}'::regrole, '{lookup}'::regrole)
    union all
    select '{lookup} can log in' from pg_roles where rolname = '{lookup}' and rolcanlogin
    union all
    select format('%s owns %s objects', refobjid::regrole, count(*)) from pg_shdepend
     where refclassid = 'pg_authid'::regclass and deptype = 'o'
       and refobjid in ('{app}'::regrole, '{platform}'::regrole, '{identity}'::regrole, '{backup}'::regrole)
     group by refobjid
    union all
    select format('schema %s belongs to %s', nspname, nspowner::regrole) from pg_namespace
     where nspname in ('{platform_schema}', '{schema}') and nspowner <> '{owner}'::regrole
    union all
    select format('setting %s is a default of role %s', s, coalesce(nullif(setrole, 0)::regrole::text, 'PUBLIC'))
      from pg_db_role_setting, unnest(setconfig) s
     where setdatabase in (0, (select oid from pg_database where datname = current_database()))
       and (setrole in (0, '{app}'::regrole, '{platform}'::regrole, '{identity}'::regrole) and (s ~ '^{settings}\.' or s = 'row_security=off')
         or setrole in ('{owner}'::regrole, '{migrator}'::regrole, '{backup}'::regrole, '{lookup}'::regrole) and s ~ '^{settings}\.')
    union all
    select format('%s has %s on this database', r, p) from unnest(array['{app}', '{platform}', '{identity}']) r, unnest(array['temporary', 'create']) p
     where has_database_privilege(r, current_database(), p)
    union all
    select format('%s may create in schema %s', r, nspname) from unnest(array['{app}', '{platform}', '{identity}']) r, pg_namespace
     where has_schema_privilege(r, oid, 'create')
    union all
    select format('PUBLIC may call %s', oid::regprocedure) from pg_proc
     where pronamespace in ('{platform_schema}'::regnamespace, '{schema}'::regnamespace)
       and (proacl is null or exists (select from aclexplode(proacl) where grantee = 0))
    union all
    select format('%s runs as %s', oid::regprocedure, proowner::regrole) from pg_proc
     where pronamespace in ('{platform_schema}'::regnamespace, '{schema}'::regnamespace) and prosecdef and proowner <> '{lookup}'::regrole
