-- bad: app.products
alter policy tenant_rows on app.products using (tenant_id::text = current_setting('app.tenant_id', true));

-- bad: app.products
-- An empty setting matches everything.
alter policy tenant_fence on app.products using (tenant_id::text like current_setting('app.tenant_id', true) || '%');

-- bad: app.products
alter policy tenant_fence on app.products using (starts_with(tenant_id::text, current_setting('app.tenant_id', true)));

-- bad: app.products
alter policy tenant_fence on app.products using (left(code, 8) = left(current_setting('app.tenant_id', true), 8));
