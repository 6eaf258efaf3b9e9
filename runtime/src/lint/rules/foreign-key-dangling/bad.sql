-- bad: app.products
-- A reference to nothing, as data comes in from elsewhere; then the owner validates a key under FORCE, and the server finds no fault.
insert into tenancy.tenants (id, slug, name) values ('00000000-0000-0000-0000-000000000001', 'dangling', 'Dangling');
alter table app.products add column twin uuid;
insert into app.products (tenant_id, id, code, name, unit_price, unit_price_currency, twin)
  values ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'x', 'x', 1, 'EUR', gen_random_uuid());
set role tenantry_owner;
set row_security = on;
alter table app.products add constraint products_twin_fkey foreign key (tenant_id, twin) references app.products (tenant_id, id)
  on delete set null (twin);

-- bad: app.products
alter table app.products add constraint products_category_again foreign key (tenant_id, category)
  references app.categories (tenant_id, id) on delete set null (category) not valid;
