-- A second restrictive policy narrows further.
create policy tenant_fence_too on app.products as restrictive for all to public
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
