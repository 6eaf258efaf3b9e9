-- bad: dblink
-- needs: extension dblink
create extension dblink;

-- bad: app.remote
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
create foreign table app.remote (id uuid) server nowhere;

-- bad: nowhere
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
