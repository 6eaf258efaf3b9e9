-- A comment gets the account of its ticket. Its number becomes a uuid of version 7 made of the comment's time and that number: the same in every
-- run, and in the order of the numbers.
set role desk_owner;
alter table desk.comments no force row level security;
insert into desk.comments (account_id, id, ticket_id, author, body, minutes, created_at, updated_at)
select t.account_id,
       (lpad(to_hex(floor(extract(epoch from c.created_at) * 1000)::bigint), 12, '0')
        || '70008' || lpad(to_hex(c.id), 15, '0'))::uuid,
       c.ticket_id, c.author, c.body, c.minutes, c.created_at, c.created_at
  from public.comments c
  join public.tickets t on t.id = c.ticket_id;
alter table desk.comments force row level security;
reset role;
