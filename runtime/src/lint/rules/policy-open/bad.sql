-- bad: app.products
create policy generous on app.products for all to tenantry_app using (true) with check (true);

-- bad: app.products
alter policy tenant_rows on app.products using (true) with check (true);

-- bad: app.products
alter policy tenant_fence on app.products using (true);

-- bad: app.products
-- One side is enough: rows of another tenant can be written.
alter policy tenant_fence on app.products with check (true);

-- bad: app.products
alter policy tenant_rows on app.products using (tenant_id is not null);

-- bad: tenancy.tenants
create policy directory on tenancy.tenants for all to tenantry_app using (true) with check (true);
