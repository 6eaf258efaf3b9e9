-- bad: tenantry_app
alter role tenantry_app set app.tenant_id = '00000000-0000-0000-0000-000000000001';

-- bad: PUBLIC
do $$ begin execute format('alter database %I set app.tenant_id = %L', current_database(), '00000000-0000-0000-0000-000000000001'); end $$;

-- bad: tenantry_app
do $$ begin execute format('alter role tenantry_app in database %I set app.actor_id = %L', current_database(), 'x'); end $$;

-- bad: tenantry_app
alter role tenantry_app set row_security = off;

-- bad: tenantry_app
alter role tenantry_app set session_preload_libraries = 'auto_explain';

-- bad: tenantry_app
alter role tenantry_app set role = 'tenantry_owner';
