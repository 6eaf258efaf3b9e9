-- FORCE is lifted, so the check sees every row.
alter table app.products add column twin uuid;
set role tenantry_owner;
set row_security = off;
alter table app.products no force row level security;
alter table app.products add constraint products_twin_fkey foreign key (tenant_id, twin) references app.products (tenant_id, id)
  on delete set null (twin);
alter table app.products force row level security;
