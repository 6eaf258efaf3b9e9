alter table app.products add constraint products_name_key unique (tenant_id, name);
create unique index products_lower_idx on app.products (tenant_id, lower(code));
