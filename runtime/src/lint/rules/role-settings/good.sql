alter role tenantry_app set statement_timeout = '15s';
alter role tenantry_app set row_security = on;
