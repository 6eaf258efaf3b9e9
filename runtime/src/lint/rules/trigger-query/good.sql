-- It changes the row at hand and asks for nothing.
create function app.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin /* never: select */ new.name := trim(new.name); return new; end $$;
revoke execute on function app.stamp() from public;
create trigger stamp before insert on app.products for each row execute function app.stamp();
