-- bad: tenantry_app
grant create on schema app to tenantry_app;

-- bad: tenantry_app
grant create on schema public to public;

-- bad: tenantry_app
do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$;

-- bad: tenantry_app
do $$ begin execute format('grant create on database %I to tenantry_app', current_database()); end $$;
