create function app.cheap(bigint) returns boolean language sql immutable not leakproof set search_path = pg_catalog return $1 < 100;
revoke execute on function app.cheap(bigint) from public;
