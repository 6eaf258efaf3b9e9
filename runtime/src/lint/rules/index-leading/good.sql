create index products_price_idx on app.products (tenant_id, unit_price);
create index products_created_idx on app.products using brin (tenant_id, created_at);
