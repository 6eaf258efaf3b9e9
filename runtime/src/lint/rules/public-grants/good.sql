grant select on app.products to tenantry_platform;
create policy platform_rows on app.products as permissive for all to tenantry_platform
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
