-- bad: app.products
-- Another column.
alter policy tenant_rows on app.products using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: app.products
-- Another setting, which the service never makes.
alter policy tenant_fence on app.products using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- bad: app.products
-- Every tenant but one.
alter policy tenant_fence on app.products using (tenant_id <> nullif(current_setting('app.tenant_id', true), '')::uuid);

-- bad: app.products
-- Without nullif a session that had a tenant before meets an error where it should see nothing.
alter policy tenant_fence on app.products using (tenant_id = current_setting('app.tenant_id', true)::uuid);
