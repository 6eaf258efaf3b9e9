create function app.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin new.name := trim(new.name); return new; end $$;
revoke execute on function app.stamp() from public;
