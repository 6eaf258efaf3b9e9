-- bad: app.archive
create table app.archive () inherits (app.products);
grant select on app.archive to tenantry_app;

-- bad: app.events_1
create table app.events (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)) partition by hash (tenant_id);
create table app.events_1 partition of app.events for values with (modulus 1, remainder 0);
grant insert on app.events_1 to public;
