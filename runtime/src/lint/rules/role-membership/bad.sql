-- bad: tenantry_app
grant tenantry_owner to tenantry_app;

-- bad: tenantry_app
grant pg_read_all_data to tenantry_app;

-- bad: tenantry_platform
grant tenantry_backup to tenantry_platform;
