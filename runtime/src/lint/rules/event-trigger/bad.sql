-- bad: tenantry_enable_row_security
drop event trigger tenantry_enable_row_security;

-- bad: tenantry_enable_row_security
alter event trigger tenantry_enable_row_security disable;

-- bad: tenantry_enable_row_security
-- Fires for replicas only.
alter event trigger tenantry_enable_row_security enable replica;
