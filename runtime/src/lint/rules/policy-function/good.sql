-- The functions of PostgreSQL itself are what the fence is made of.
drop policy tenant_rows on app.products;
create policy tenant_rows on app.products as permissive for all to tenantry_app
  using      (tenant_id = nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid);
