-- bad: app.products
grant select on app.products to public;

-- bad: app.products
grant select (name) on app.products to public;

-- bad: app.twice(integer)
create function app.twice(integer) returns integer language sql immutable set search_path = pg_catalog return $1 * 2;

-- bad: default privileges of tenantry_owner
alter default privileges for role tenantry_owner in schema app grant select on tables to public;

-- bad: schema app
grant usage on schema app to public;
