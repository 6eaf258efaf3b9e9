-- What provision did in this database, taken back. The roles belong to the cluster and are dropped afterwards, when no other database
-- knows them.

grant {owner} to current_user;
set local role {owner};
drop schema if exists {schema}, {platform_schema} cascade;
alter default privileges grant execute on functions to public;
reset role;

do $$
begin
  execute format('grant connect, temporary on database %I to public', current_database());
  execute format('revoke all on database %I from {migrator}, {app}, {platform}, {identity}, {backup}, pg_monitor', current_database());
end $$;

grant usage on schema public to public;
