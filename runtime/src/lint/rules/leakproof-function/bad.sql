-- bad: app.cheap(bigint)
create function app.cheap(bigint) returns boolean language plpgsql leakproof
  as $$ begin raise notice 'price %', $1; return true; end $$;
