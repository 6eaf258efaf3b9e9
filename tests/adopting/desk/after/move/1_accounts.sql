-- The owner of the new tables reads the old ones while the data moves.
grant usage on schema public to desk_owner;
grant select on all tables in schema public to desk_owner;

set role desk_owner;
alter table tenancy.tenants no force row level security;
insert into tenancy.tenants (id, slug, name, status) select id, slug, name, 'active' from public.accounts;
alter table tenancy.tenants force row level security;
reset role;
