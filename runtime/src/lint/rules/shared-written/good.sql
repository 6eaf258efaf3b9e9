grant select on tenancy.plans to tenantry_app;
grant insert, update, delete on tenancy.plans to tenantry_platform;
