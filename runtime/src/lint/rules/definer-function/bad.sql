-- bad: app.all_products()
create function app.all_products() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
  begin atomic select count(*) from app.products; end;

-- bad: app.all_products()
-- The owner of the tables is the wrong owner, too.
create function app.all_products() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
  begin atomic select count(*) from app.products; end;
alter function app.all_products() owner to tenantry_owner;

-- bad: elsewhere.f()
-- A schema that is nobody's, which the app reaches.
create schema elsewhere;
grant usage on schema elsewhere to public;
create function elsewhere.f() returns int language sql security definer set search_path = pg_catalog, pg_temp return 1;
