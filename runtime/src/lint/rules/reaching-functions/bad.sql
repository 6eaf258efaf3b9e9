-- bad: tenantry_app
grant execute on function set_config(text, text, boolean) to tenantry_app;

-- bad: tenantry_platform
grant execute on function pg_advisory_lock(bigint) to public;

-- bad: tenantry_app
grant execute on function query_to_xml(text, boolean, boolean, text) to public;
