-- bad: app.products
grant update (tenant_id) on app.products to tenantry_app;

-- bad: app.products
grant update on app.products to tenantry_app;

-- bad: app.products
-- PUBLIC is everybody, the app too.
grant update on app.products to public;

-- bad: app.products
drop trigger tenant_immutable on app.products;

-- bad: app.products
alter table app.products disable trigger tenant_immutable;

-- bad: app.products
-- Fires for replicas only.
alter table app.products enable replica trigger tenant_immutable;

-- bad: app.products
-- Refuses nothing.
create or replace function tenancy.refuse_tenant_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$ begin return new; end $$;
