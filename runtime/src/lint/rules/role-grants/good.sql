grant select, insert, delete on app.products to tenantry_app;
