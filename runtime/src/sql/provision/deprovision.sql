-- What provision did in this database, taken back. The roles belong to the cluster and are dropped afterwards, when no other database
-- knows them.

drop event trigger if exists {prefix}_enable_row_security;
drop schema if exists {schema}, {platform_schema} cascade;

do $$
declare
  f regprocedure;
  v regclass;
  columns text;
begin
  execute format('grant connect, temporary on database %I to public', current_database());
  execute format('revoke all on database %I from {migrator}, {app}, {platform}, {identity}, {backup}, pg_monitor', current_database());

  for f in
    select p.oid from pg_proc p
     where {reaching_functions}
    union
    select p.oid from pg_proc p
     where {counting_functions}
  loop
    execute format('grant execute on function %s to public', f);
    execute format('revoke execute on function %s from {owner}, {migrator}, {backup}, {lookup}, pg_monitor, pg_signal_backend', f);
  end loop;

  for v in
    select c.oid from pg_class c
     where {counting_views}
  loop
    execute format('grant select on %s to public', v);
    execute format('revoke select on %s from {owner}, {migrator}, {backup}, pg_monitor', v);
  end loop;

  select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
   where attrelid = 'pg_catalog.pg_class'::regclass and not attisdropped and attname !~ '^rel(pages|tuples|all)';
  execute format('revoke select (%s) on pg_catalog.pg_class from public', columns);
  grant select on pg_catalog.pg_class to public;
  revoke select on pg_catalog.pg_class from {owner}, {migrator}, {backup}, pg_monitor;
end $$;

grant usage on schema public to public;
alter default privileges for role {owner} grant execute on functions to public;
