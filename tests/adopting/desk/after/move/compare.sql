-- Rows and sums, old beside new: one line for each table, and `equal` must be true in all.
select what, old, new, old is not distinct from new as equal from (
  select 'accounts' as what, (select count(*) from public.accounts)::numeric as old, (select count(*) from tenancy.tenants)::numeric as new
  union all
  select 'requesters of ' || a.slug, (select count(*) from public.requesters where account_id = a.id),
         (select count(*) from desk.requesters where account_id = a.id) from public.accounts a
  union all
  select 'tickets of ' || a.slug, (select count(*) from public.tickets where account_id = a.id),
         (select count(*) from desk.tickets where account_id = a.id) from public.accounts a
  union all
  select 'comments of ' || a.slug,
         (select count(*) from public.comments c join public.tickets t on t.id = c.ticket_id where t.account_id = a.id),
         (select count(*) from desk.comments where account_id = a.id) from public.accounts a
  union all
  select 'minutes of ' || a.slug,
         (select sum(c.minutes) from public.comments c join public.tickets t on t.id = c.ticket_id where t.account_id = a.id),
         (select sum(minutes) from desk.comments where account_id = a.id) from public.accounts a
  union all
  select 'tags of ' || a.slug,
         (select count(*) from public.tags g join public.tickets t on t.id = g.ticket_id where t.account_id = a.id),
         (select count(*) from desk.tags where account_id = a.id) from public.accounts a
) compared order by what;
