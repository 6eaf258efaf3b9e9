-- bad: tenantry_app
alter role tenantry_app superuser;

-- bad: tenantry_app
alter role tenantry_app bypassrls;

-- bad: tenantry_app
alter role tenantry_app createrole;

-- bad: tenantry_app
alter role tenantry_app createdb;

-- bad: tenantry_app
alter role tenantry_app replication;

-- bad: tenantry_platform
alter role tenantry_platform bypassrls;
