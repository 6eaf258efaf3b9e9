-- bad: app.products
alter table app.products owner to current_user;

-- bad: app.products
alter role tenantry_owner bypassrls;

-- bad: app.products
grant create on schema app to tenantry_app;
alter table app.products owner to tenantry_app;
revoke create on schema app from tenantry_app;
