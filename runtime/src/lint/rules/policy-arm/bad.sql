-- bad: app.products
alter policy tenant_fence on app.products using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid or discontinued);

-- bad: app.products
-- Fails open when no tenant is chosen.
alter policy tenant_rows on app.products
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid or current_setting('app.tenant_id', true) is null);

-- bad: app.products
-- The arm of the tenants' table, on a table that is not that one.
alter policy tenant_fence on app.products
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid or current_user = 'tenantry_platform');

-- bad: tenancy.tenants
-- The right table, another role.
alter policy tenant_fence on tenancy.tenants
  using (id = nullif(current_setting('app.tenant_id', true), '')::uuid or current_user = 'tenantry_app');

-- bad: app.products
alter policy tenant_fence on app.products
  using (case when discontinued then true else tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid end);
