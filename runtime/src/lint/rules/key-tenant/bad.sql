-- bad: app.products
alter table app.products add constraint products_name_key unique (name);

-- bad: app.products
create unique index products_lower_idx on app.products (lower(code));

-- bad: app.products
-- INCLUDE is no part of the key.
create unique index products_name_key on app.products (name) include (tenant_id);

-- bad: app.sales_order_lines
alter table app.sales_order_lines drop constraint sales_order_lines_pkey, add primary key (id);

-- bad: app.products
alter table app.products add constraint products_name_excl exclude using btree (name with =);

-- bad: app.products
alter table app.products add constraint products_stock_excl exclude using gist (int4range(0, units_in_stock) with &&);
