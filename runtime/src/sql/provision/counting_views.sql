c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'v'
       and (c.relname ~ '^pg_stat(s|io)?(_|$)' or c.relname in ('pg_locks', 'pg_sequences', 'pg_prepared_statements', 'pg_cursors'))
