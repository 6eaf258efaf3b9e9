-- bad: app.products
grant truncate on app.products to tenantry_app;

-- bad: app.products
grant references (id) on app.products to tenantry_app;

-- bad: app.products
grant trigger on app.products to public;

-- bad: tenancy.tenants
grant truncate on tenancy.tenants to tenantry_platform;
