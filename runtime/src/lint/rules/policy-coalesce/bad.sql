-- bad: app.products
alter policy tenant_rows on app.products using (tenant_id = coalesce(nullif(current_setting('app.tenant_id', true), '')::uuid, tenant_id));

-- bad: app.products
alter policy tenant_fence on app.products
  with check (tenant_id = coalesce(nullif(current_setting('app.tenant_id', true), '')::uuid, '00000000-0000-0000-0000-000000000000'));
