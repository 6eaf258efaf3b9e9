alter role tenantry_app connection limit 100;
alter role tenantry_app connection limit -1;
