-- Two customers with the same addresses, subjects and labels: what tells their rows apart is the account alone.
insert into accounts (id, slug, name) values
  ('a0000000-0000-4000-8000-000000000000', 'acme', 'Acme'),
  ('b0000000-0000-4000-8000-000000000000', 'bolt', 'Bolt');

insert into requesters (id, account_id, email, name, created_at)
select overlay(a.id::text placing '1' from 2 for 1)::uuid, a.id, 'ada@example.org', a.name || '''s Ada', timestamptz '2026-01-05 09:00:00+00' from accounts a
union all
select overlay(a.id::text placing '2' from 2 for 1)::uuid, a.id, 'bob@example.org', a.name || '''s Bob', timestamptz '2026-01-06 09:00:00+00' from accounts a;

-- Ada's tickets are worked on; Bob's are an archive.
insert into tickets (id, account_id, requester_id, subject, status, created_at)
select overlay(r.id::text placing n::text from 3 for 1)::uuid, r.account_id, r.id, 'Question ' || n || ' of ' || r.name,
       (array['open', 'open', 'waiting'])[n], '2026-02-01 08:00:00+00'::timestamptz + n * interval '1 day'
  from requesters r, generate_series(1, 3) n where r.email = 'ada@example.org'
union all
select md5(r.id::text || n)::uuid, r.account_id, r.id, 'Archived ' || n, 'closed', '2025-01-01 08:00:00+00'::timestamptz + n * interval '1 hour'
  from requesters r, generate_series(1, 150) n where r.email = 'bob@example.org';

-- Some at the same instant: their order is that of their numbers.
insert into comments (ticket_id, author, body, minutes, created_at)
select t.id, (array['Zoe', 'Yan', 'Xia'])[n], 'Note ' || n || ' on ' || t.subject, 5 * n, t.created_at + (n / 2) * interval '1 hour'
  from tickets t, generate_series(1, 3) n order by t.created_at, t.id, n desc;

insert into tags (ticket_id, label)
select t.id, label from tickets t, unnest(array['urgent', 'billing']) label where t.status <> 'closed' or label = 'billing';
