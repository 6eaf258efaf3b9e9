-- bad: app.products
drop policy tenant_fence on app.products;

-- bad: app.products
-- For one role only: others pass.
alter policy tenant_fence on app.products to tenantry_app;

-- bad: app.products
-- For reading only: writes are not fenced.
drop policy tenant_fence on app.products;
create policy tenant_fence on app.products as restrictive for select to public
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: tenancy.tenants
drop policy tenant_fence on tenancy.tenants;
