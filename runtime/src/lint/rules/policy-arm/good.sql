-- The further arms of the domains' table are known by their text: writing them again changes nothing.
alter policy tenant_rows on tenancy.domains
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    or current_user = 'tenantry_platform'
    or current_user = 'tenantry_lookup' and current_setting('tenantry.lookup', true) = 'host:' || host)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    or current_user = 'tenantry_platform'
    or current_user = 'tenantry_lookup' and current_setting('tenantry.lookup', true) = 'host:' || host);
