-- bad: app.products
alter policy tenant_rows on app.products to public;

-- bad: app.products
alter policy tenant_rows on app.products to tenantry_platform;

-- bad: app.products
create policy reports on app.products as permissive for all to tenantry_backup
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: app.products
create policy readers on app.products as permissive for select to tenantry_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
