grant usage on schema app to tenantry_app;
