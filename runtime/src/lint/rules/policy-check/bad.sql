-- bad: app.products
drop policy tenant_rows on app.products;
create policy tenant_rows on app.products as permissive for all to tenantry_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: app.products
drop policy tenant_fence on app.products;
create policy tenant_fence on app.products as restrictive for all to public
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: app.products
alter policy tenant_fence on app.products with check (true);
