-- 3. A table that a migration forgot to fence shows its rows to nobody. -----------------------------------------------------------
-- The trigger creates no policy and does not FORCE: those are the migration's, where a reviewer reads them.

create or replace function {platform_schema}.enable_row_security() returns event_trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  made record;
begin
  for made in
    select object_identity as name from pg_event_trigger_ddl_commands()
     where object_type = 'table' and schema_name in ('{platform_schema}', '{schema}')
  loop
    execute format('alter table %s enable row level security', made.name);
  end loop;
end $$;
revoke all on function {platform_schema}.enable_row_security() from public;

drop event trigger if exists {prefix}_enable_row_security;
create event trigger {prefix}_enable_row_security on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  execute function {platform_schema}.enable_row_security();
