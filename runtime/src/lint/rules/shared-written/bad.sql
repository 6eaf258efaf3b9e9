-- bad: tenancy.plans
grant delete on tenancy.plans to tenantry_app;

-- bad: tenancy.plans
grant update (max_users) on tenancy.plans to tenantry_app;

-- bad: tenancy.plans
grant insert on tenancy.plans to public;
