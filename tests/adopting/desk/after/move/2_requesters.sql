set role desk_owner;
alter table desk.requesters no force row level security;
insert into desk.requesters (account_id, id, email, name, created_at, updated_at)
select account_id, id, email, name, created_at, created_at from public.requesters;
alter table desk.requesters force row level security;
reset role;
