-- bad: app.products
create index products_price_idx on app.products (unit_price, tenant_id);

-- bad: app.products
create index products_created_idx on app.products using brin (created_at);

-- bad: app.products
create index products_hash_idx on app.products using hash (tenant_id);

-- bad: app.products
create index products_lower_idx on app.products (lower(name));

-- bad: app.products
alter table app.products add constraint products_name_key unique (name, tenant_id);
