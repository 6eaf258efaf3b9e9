grant {owner} to {migrator};
grant {lookup} to {owner};  -- so that a migration can give it its functions

alter role {app} set row_security = on;
alter role {app} set search_path = {schema}, pg_temp;  -- pg_temp named last, so that it shadows nothing
alter role {app} set statement_timeout = '15s';  -- a cancelled request sends no CancelRequest
alter role {app} set lock_timeout = '5s';
alter role {app} set idle_in_transaction_session_timeout = '15s';
alter role {platform} set row_security = on;
alter role {platform} set search_path = {schema}, pg_temp;
alter role {platform} set statement_timeout = '60s';
alter role {platform} set lock_timeout = '5s';
alter role {platform} set idle_in_transaction_session_timeout = '15s';
alter role {identity} set row_security = on;
alter role {identity} set search_path = {platform_schema}, pg_temp;
alter role {identity} set statement_timeout = '15s';
alter role {identity} set lock_timeout = '5s';
alter role {identity} set idle_in_transaction_session_timeout = '15s';
alter role {migrator} set row_security = off;  -- what FORCE would silently filter becomes an error
alter role {migrator} set lock_timeout = '5s';  -- a migration that waits makes everybody wait
alter role {backup} set default_transaction_read_only = on;
