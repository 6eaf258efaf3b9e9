-- bad: app.products
alter policy tenant_rows on app.products
  using (tenant_id in (select id from tenancy.tenants where slug = current_setting('app.tenant_id', true)));

-- bad: app.products
create policy granted on app.products for all to tenantry_app
  using (exists (select from app.categories c where c.id = category)) with check (true);
