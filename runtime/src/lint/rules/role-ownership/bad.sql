-- bad: tenantry_app
create schema elsewhere authorization tenantry_app;

-- bad: tenantry_app
grant create on schema app to tenantry_app;
create view app.names with (security_invoker = true, security_barrier = true) as select tenant_id, id, name from app.products;
alter view app.names owner to tenantry_app;
