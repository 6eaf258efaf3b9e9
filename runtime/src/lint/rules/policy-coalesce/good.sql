-- coalesce elsewhere is nobody's business.
create policy priced on app.products as restrictive for all to public
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table app.products add constraint stocked check (coalesce(units_in_stock, 0) >= 0) not valid;
