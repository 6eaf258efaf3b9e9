--- operators of JSON and arrays
select data -> 'a', data ->> 'b', data #> '{a,b}', data #>> '{a}', data @> '{}', data ? 'k', data ?| array['a'], data ?& array['a'], data - 'k', data @? '$.a'
from app.customers where tenant_id = $1 and tags && array['x'] and tags @> $2 and data <@ '{}'

--- operators of text
select name || '!', name ~ '^a', name ~* 'b', name !~ 'c', name !~* 'd', name like 'e%', name not ilike '%f' escape '!', name similar to 'g', name ^@ 'h'
from app.customers where tenant_id = $1

--- arithmetic
select -credit + 1 * 2 / 3 % 4 ^ 2, credit & 1 | 2 # 3, ~credit, credit << 1 >> 2, |/ 25.0, @ -5 from app.customers where tenant_id = $1

--- comparisons
select credit between 1 and 2, credit not between 3 and 4, credit is null, active is true, active is not false, credit is distinct from 5, name in ('a', 'b')
from app.customers where tenant_id = $1 and credit <> 1 and credit != 2 and credit >= 3 and not credit < 4

--- BETWEEN in front of the tenant
select name from app.customers where credit between 1 and 2 and tenant_id = $1

--- NOT in front of the tenant
select name from app.customers where not active and tenant_id = $1

--- casts
select credit::text, cast(name as varchar(10)), credit::numeric(10, 2), '1'::int, date '2020-01-01', interval '1 day', timestamptz '2020-01-01 00:00:00+00', tags::text[]
from app.customers where tenant_id = $1

--- special forms of functions
select extract(year from created_at), substring(name from 1 for 2), trim(both 'x' from name), position('a' in name), overlay(name placing 'b' from 1 for 2),
    coalesce(email, name), nullif(name, ''), greatest(1, 2), least(1, 2), current_date, current_timestamp, localtime, ceil(1.5), floor(1.5)
from app.customers where tenant_id = $1

--- time
select created_at at time zone 'utc', created_at - interval '1 day', now() - created_at > interval '2 hours', date_trunc('day', created_at) from app.customers where tenant_id = $1

--- subscripts, slices and fields
select tags[1], tags[1:2], (array[1, 2, 3])[2], array[[1, 2], [3, 4]], data['a'], (row(1, 2)).f1 from app.customers where tenant_id = $1

--- named arguments
select make_interval(days => 3), jsonb_build_object('a', 1) from app.customers where tenant_id = $1

--- functions with a schema
select pg_catalog.lower(name), app.slug(name) from app.customers where tenant_id = $1

--- strings of every kind
select 'it''s', E'a\nb', $$c$$, $t$d$t$, b'01', x'1F', n'e', 1e3, .5, 0x1F, 1_000 from app.customers where tenant_id = $1

--- CASE
select case country when 'AT' then 1 when 'DE' then 2 else 3 end, case when active then 'y' end from app.customers where tenant_id = $1

--- COLLATE
select name from app.customers where tenant_id = $1 order by name collate "C"

--- a column that is called as a keyword of other databases
select "user", "top" as qualify from (select 1 as "user", 2 as "top") x

--- a long chain
select name from app.customers where tenant_id = $1 and credit > 0 and credit > 1 and credit > 2 and credit > 3 and credit > 4 and credit > 5
