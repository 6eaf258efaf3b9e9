p.pronamespace = 'pg_catalog'::regnamespace
       and not exists (select from pg_init_privs i where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid)
       and (p.proname ~ '^pg_stat_get_'
         or p.proname ~ '^pg_(database|tablespace|relation|table|indexes|total_relation)_size$'
         or p.proname ~ '^(txid_current|pg_current_(xact_id|snapshot|wal_))'
         or p.proname in ('currtid2', 'pg_lock_status', 'pg_blocking_pids', 'pg_sequence_last_value', 'pg_get_sequence_data'))
