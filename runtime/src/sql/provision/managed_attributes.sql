-- Naming superuser, replication or bypassrls is a superuser's on 15, even to say that a role has none: a role that is made has none, and
-- the outcome looks at those that were there before.
alter role {owner} nologin nocreaterole noinherit;
alter role {migrator} login nocreaterole noinherit;
alter role {app} login nocreaterole noinherit;
alter role {platform} login nocreaterole noinherit;
alter role {identity} login nocreaterole noinherit;
alter role {backup} login nocreaterole noinherit;
alter role {lookup} nologin nocreaterole noinherit;

do $$
declare
  r name;
begin
  -- From 16 on, naming createdb takes a login that has it: so it is named only where it has to go.
  for r in
    select rolname from pg_roles where rolname in ('{owner}', '{migrator}', '{app}', '{platform}', '{identity}', '{backup}', '{lookup}') and rolcreatedb
  loop
    execute format('alter role %I nocreatedb', r);
  end loop;
end $$;

do $$
begin
  alter role {backup} bypassrls;  -- from 16 on a login that bypasses row security itself may
exception when insufficient_privilege then
  raise notice '{backup} has no BYPASSRLS: pg_dump as {backup} fails';
end $$;

-- `create schema … authorization` asks for the membership. From 16 on, making a role gives its maker ADMIN without SET, which this adds.
grant {owner} to current_user;
