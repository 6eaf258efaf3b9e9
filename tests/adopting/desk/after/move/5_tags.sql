-- A tag, too, gets the account of its ticket; its key was the pair, which stays unique.
set role desk_owner;
alter table desk.tags no force row level security;
insert into desk.tags (account_id, id, ticket_id, label)
select t.account_id, gen_random_uuid(), g.ticket_id, g.label
  from public.tags g
  join public.tickets t on t.id = g.ticket_id;
alter table desk.tags force row level security;
reset role;
