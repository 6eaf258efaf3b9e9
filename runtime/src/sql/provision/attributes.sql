alter role {owner} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {migrator} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {app} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {platform} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {identity} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {backup} login nosuperuser bypassrls nocreatedb nocreaterole noreplication noinherit;
alter role {lookup} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit;
