-- A table that came without a fence and was given one.
set role tenantry_owner;
create table app.notes (
  tenant_id uuid not null default tenancy.current_tenant(),
  id uuid not null,
  primary key (tenant_id, id),
  foreign key (tenant_id) references tenancy.tenants (id)
);
create trigger tenant_immutable before update of tenant_id on app.notes
  for each row when (old.tenant_id is distinct from new.tenant_id) execute function tenancy.refuse_tenant_change();
alter table app.notes enable row level security;
alter table app.notes force row level security;
create policy tenant_fence on app.notes as restrictive for all to public
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy tenant_rows on app.notes as permissive for all to tenantry_app
  using      (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, delete on app.notes to tenantry_app;
