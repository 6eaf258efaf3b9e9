-- bad: app.products
alter table app.products disable row level security;

-- bad: tenancy.tenants
alter table tenancy.tenants disable row level security;

-- bad: app.archive
-- A child table: a statement that names it is not subject to the parent's policies.
set role tenantry_owner;
create table app.archive () inherits (app.products);
alter table app.archive disable row level security;

-- bad: app.events_1
-- A partition that was attached without a fence.
set role tenantry_owner;
create table app.events (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)) partition by hash (tenant_id);
create table app.events_1 partition of app.events for values with (modulus 1, remainder 0);
alter table app.events_1 disable row level security;
