-- A policy with the fence's own expression.
create policy more_rows on app.products as permissive for all to tenantry_platform
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
