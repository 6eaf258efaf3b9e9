lock table pg_authid in share row exclusive mode;  -- provisions of two databases at once would fail on each other's roles
