-- 2. Database and schemas. --------------------------------------------------------------------------------------------------------

do $$
begin
  execute format('revoke all on database %I from public', current_database());  -- CONNECT and TEMP: a temp table outlives its request
  execute format('grant connect on database %I to {migrator}, {app}, {platform}, {backup}, pg_monitor', current_database());
end $$;

create schema if not exists {platform_schema} authorization {owner};  -- tenants and what serves them
create schema if not exists {schema} authorization {owner};           -- the tenants' rows

revoke all on schema public, {platform_schema}, {schema} from public;
grant usage on schema {platform_schema}, {schema} to {app}, {platform}, {backup};

-- A new function is callable by nobody but its owner, whichever schema it is in; a new table is readable by nobody but the backup.
alter default privileges for role {owner} revoke execute on functions from public;
alter default privileges for role {owner} in schema {platform_schema}, {schema} grant select on tables to {backup};
grant select on all tables in schema {platform_schema}, {schema} to {backup};
revoke execute on all functions in schema {platform_schema}, {schema} from public;
