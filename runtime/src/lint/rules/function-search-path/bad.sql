-- bad: app.stamp()
create function app.stamp() returns trigger language plpgsql as $$ begin new.name := trim(new.name); return new; end $$;

-- bad: tenancy.touch()
alter function tenancy.touch() reset search_path;
