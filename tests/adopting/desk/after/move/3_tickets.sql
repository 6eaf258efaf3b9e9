set role desk_owner;
alter table desk.tickets no force row level security;
insert into desk.tickets (account_id, id, requester_id, subject, status, created_at, updated_at)
select account_id, id, requester_id, subject, status, created_at, created_at from public.tickets;
alter table desk.tickets force row level security;
reset role;
