alter event trigger tenantry_enable_row_security enable;
