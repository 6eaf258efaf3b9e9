-- bad: app.products
alter table app.products no force row level security;

-- bad: tenancy.tenants
alter table tenancy.tenants no force row level security;
