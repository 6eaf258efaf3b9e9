-- The migrator becomes the owner; that is what it is for.
grant tenantry_owner to tenantry_migrator;
