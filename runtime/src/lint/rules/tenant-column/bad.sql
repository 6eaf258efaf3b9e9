-- bad: app.loose
-- Everything in the schema of the tenants' tables belongs to tenants.
create table app.loose (id uuid primary key, name text);

-- bad: app.notes
create table app.notes (tenant_id uuid default tenancy.current_tenant(), id uuid not null, unique (tenant_id, id));

-- bad: app.notes
create table app.notes (tenant_id text not null default tenancy.current_tenant(), id uuid not null, primary key (tenant_id, id));

-- bad: app.products
alter table app.products alter column tenant_id drop default;

-- bad: app.products
-- A tenant that is nobody's choice.
alter table app.products alter column tenant_id set default '00000000-0000-0000-0000-000000000001';
