-- 4. Functions of pg_catalog that reach beyond a tenant's rows. -------------------------------------------------------------------
-- Taken from PUBLIC, given back to those who operate the database. pg_init_privs names the functions that PUBLIC never had
-- (lo_import, lo_export): granting those back would hand out the server's files.

do $$
declare
  f regprocedure;
begin
  for f in
    select p.oid from pg_proc p
     where {reaching_functions}
  loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to {owner}, {migrator}, {backup}, pg_monitor', f);
  end loop;
end $$;

grant execute on function pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) to pg_signal_backend;
grant execute on function set_config(text, text, boolean) to {lookup};  -- its functions name the key that they look up
