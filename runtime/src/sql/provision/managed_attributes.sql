-- Naming superuser, replication or bypassrls is a superuser's on 15, even to say that a role has none: a role that is made has none, and
-- the outcome looks at those that were there before.
alter role {owner} nologin nocreatedb nocreaterole noinherit;
alter role {migrator} login nocreatedb nocreaterole noinherit;
alter role {app} login nocreatedb nocreaterole noinherit;
alter role {platform} login nocreatedb nocreaterole noinherit;
alter role {backup} login nocreatedb nocreaterole noinherit;

do $$
begin
  alter role {backup} bypassrls;  -- from 16 on a login that bypasses row security itself may
exception when insufficient_privilege then
  raise notice '{backup} has no BYPASSRLS: pg_dump as {backup} fails';
end $$;

-- `create schema … authorization` asks for the membership. From 16 on, making a role gives its maker ADMIN without SET, which this adds.
grant {owner} to current_user;
