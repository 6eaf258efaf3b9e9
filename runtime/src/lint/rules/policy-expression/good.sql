-- The same expression, written with other spaces and parentheses.
alter policy tenant_fence on app.products
  using ((tenant_id) = (NULLIF(current_setting('app.tenant_id', true), ''))::uuid);
