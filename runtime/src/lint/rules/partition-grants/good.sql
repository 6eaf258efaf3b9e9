set role tenantry_owner;
create table app.parts (like app.categories including defaults including constraints including indexes) partition by hash (tenant_id);
create table app.parts_1 partition of app.parts for values with (modulus 1, remainder 0);
alter table app.parts enable row level security;
alter table app.parts force row level security;
alter table app.parts_1 enable row level security;
alter table app.parts_1 force row level security;
create policy tenant_fence on app.parts as restrictive for all to public
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy tenant_fence on app.parts_1 as restrictive for all to public
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy tenant_rows on app.parts as permissive for all to tenantry_app
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create trigger tenant_immutable before update of tenant_id on app.parts
  for each row when (old.tenant_id is distinct from new.tenant_id) execute function tenancy.refuse_tenant_change();
grant select, insert, delete on app.parts to tenantry_app;
