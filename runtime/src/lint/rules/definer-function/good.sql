create function app.label(text) returns text language sql stable security invoker set search_path = pg_catalog, pg_temp return upper($1);
revoke execute on function app.label(text) from public;
