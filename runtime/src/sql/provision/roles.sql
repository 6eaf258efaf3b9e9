-- 1. Roles. They belong to the cluster; everything further down belongs to this database. -----------------------------------------

lock table pg_authid in share row exclusive mode;  -- provisions of two databases at once would fail on each other's roles

do $$
declare
  missing text;
begin
  for missing in
    select r from unnest(array[
      '{owner}',     -- owns every object; nobody logs in as it
      '{migrator}',  -- applies migrations: logs in, then becomes {owner}
      '{app}',       -- the service: owns nothing, member of nothing
      '{platform}',  -- onboarding and operation: tenants, and one tenant's rows inside that tenant's own context
      '{backup}'     -- pg_dump: the only role that bypasses row security, and it only reads
    ]) r where to_regrole(r) is null
  loop
    execute format('create role %I', missing);
  end loop;
end $$;

alter role {owner} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {migrator} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {app} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {platform} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {backup} login nosuperuser bypassrls nocreatedb nocreaterole noreplication noinherit;

grant {owner} to {migrator};

alter role {app} set row_security = on;
alter role {app} set search_path = {schema}, pg_temp;              -- pg_temp named last, so that it shadows nothing
alter role {app} set statement_timeout = '15s';                    -- a cancelled request sends no CancelRequest
alter role {app} set lock_timeout = '5s';
alter role {app} set idle_in_transaction_session_timeout = '15s';
alter role {platform} set row_security = on;
alter role {platform} set search_path = {schema}, pg_temp;
alter role {platform} set statement_timeout = '60s';
alter role {platform} set lock_timeout = '5s';
alter role {platform} set idle_in_transaction_session_timeout = '15s';
alter role {migrator} set row_security = off;                      -- what FORCE would silently filter becomes an error
alter role {migrator} set lock_timeout = '5s';                     -- a migration that waits makes everybody wait
alter role {backup} set default_transaction_read_only = on;
