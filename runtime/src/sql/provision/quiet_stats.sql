-- 5. Option `quiet_stats`: sizes, row counts, other sessions' statements, global counters. -----------------------------------------
-- Matched by name, since every release adds some. Monitoring keeps all of it through pg_monitor.

do $$
declare
  f regprocedure;
  v regclass;
  columns text;
begin
  for f in
    select p.oid from pg_proc p
     where {counting_functions}
  loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to {owner}, {migrator}, {backup}, pg_monitor', f);
  end loop;

  for v in
    select c.oid from pg_class c
     where {counting_views}
  loop
    execute format('revoke select on %s from public', v);
    execute format('grant select on %s to {owner}, {migrator}, {backup}, pg_monitor', v);
  end loop;

  -- Drivers read pg_class; they do not need its page and row counts.
  select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
   where attrelid = 'pg_catalog.pg_class'::regclass and not attisdropped and attname !~ '^rel(pages|tuples|all)';
  revoke select on pg_catalog.pg_class from public;
  execute format('grant select (%s) on pg_catalog.pg_class to public', columns);
  grant select on pg_catalog.pg_class to {owner}, {migrator}, {backup}, pg_monitor;
end $$;
