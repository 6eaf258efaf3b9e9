-- bad: app.products
create unique index categories_id on app.categories (id);
alter table app.products drop constraint products_category_fkey,
  add constraint products_category_fkey foreign key (category) references app.categories (id);

-- bad: app.products
-- The tenant is there, on the wrong side.
create unique index categories_swapped on app.categories (id, tenant_id);
alter table app.products add foreign key (tenant_id, category) references app.categories (id, tenant_id);

-- bad: app.products
-- Which tenants there are.
alter table app.products add column owner uuid, add foreign key (owner) references tenancy.tenants (id);
