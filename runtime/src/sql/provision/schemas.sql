-- 2. Database and schemas. --------------------------------------------------------------------------------------------------------

do $$
begin
  execute format('revoke all on database %I from public', current_database());  -- CONNECT and TEMP: a temp table outlives its request
  execute format('grant connect on database %I to {migrator}, {app}, {platform}, {identity}, {backup}, pg_monitor', current_database());
end $$;

create schema if not exists {platform_schema} authorization {owner};  -- tenants and what serves them
create schema if not exists {schema} authorization {owner};  -- the tenants' rows

revoke all on schema public from public;
