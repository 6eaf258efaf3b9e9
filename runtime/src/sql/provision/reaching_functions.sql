p.pronamespace = 'pg_catalog'::regnamespace
       and not exists (select from pg_init_privs i where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid)
       and (p.proname in ('set_config',                                             -- changes the tenant inside a SELECT
                          'ts_stat', 'pg_notify', 'pg_logical_emit_message',        -- SQL in a string; channels to other sessions
                          'pg_export_snapshot', 'pg_cancel_backend', 'pg_terminate_backend',
                          'pg_stat_get_activity', 'pg_stat_get_backend_activity',   -- other sessions' statements: BEGIN names their tenant
                          'pg_prepared_statement', 'pg_cursor', 'pg_listening_channels', -- what the last request left behind
                          'setseed',                                                -- outlives the transaction
                          'loread', 'lowrite')                                      -- large objects have one owner and no fence
         or p.proname ~ '^lo_'
         or p.proname ~ '_to_xml(schema|_and_xmlschema)?$'                          -- SQL in a string
         or p.proname = 'ts_rewrite' and p.pronargs = 2                             -- SQL in a string
         or p.proname ~ '^pg_(try_)?advisory_')                                     -- outlive the transaction; shared by all tenants
