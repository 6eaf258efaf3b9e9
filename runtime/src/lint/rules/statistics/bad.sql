-- bad: tenantry_app
grant select on pg_stat_activity to tenantry_app;
