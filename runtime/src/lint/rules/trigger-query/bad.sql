-- bad: app.products
-- Copies rows out.
create schema elsewhere;
create table elsewhere.copies (name text);
create function app.copy_out() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin insert into elsewhere.copies values (new.name); return new; end $$;
create trigger copy_out after insert on app.products for each row execute function app.copy_out();

-- bad: app.sales_order_lines
-- Reached by a cascade, it runs as the owner with FORCE off.
create function app.recount() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin update app.products set units_on_order = 0; return old; end $$;
create trigger recount before delete on app.sales_order_lines for each row execute function app.recount();

-- bad: app.products
-- A definer without a predicate.
create role tenantry_audit;
create function app.copy_out() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$ begin perform count(*) from app.customers; return new; end $$;
grant create on schema app to tenantry_audit;
alter function app.copy_out() owner to tenantry_audit;
create trigger copy_out after insert on app.products for each row execute function app.copy_out();
