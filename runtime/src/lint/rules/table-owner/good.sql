alter table app.products owner to tenantry_owner;
