grant update (code, name) on app.products to tenantry_app;
