--- one relation, without a qualifier
select name from app.customers where tenant_id = $1

--- one relation, with an alias
select c.name from app.customers as c where c.tenant_id = $1

--- the argument on the left
select name from app.customers where $1 = tenant_id

--- by the name of the relation
select customers.name from app.customers where customers.tenant_id = $1 and customers.id = $2

--- in parentheses
select name from app.customers where ((tenant_id) = ($1)) and (active and (credit > 0 or credit is null))

--- a cast of the argument
select name from app.customers where tenant_id = $1::uuid

--- a cast of the argument, the long way
select name from app.customers where tenant_id = cast($1 as uuid)

--- other cases of letters
SELECT Name FROM APP.Customers C WHERE c.TENANT_ID = $1

--- names in quotes
select "t"."select" from "app"."Odd Names" as "t" where "t"."tenant_id" = $1 and "t"."Id" = $2

--- comments everywhere
select /* what */ name -- who
from app.customers /* where /* nested */ */
where tenant_id = $1 -- the tenant

--- no relation
select 1, now(), $1::uuid

--- no columns
select from app.customers where tenant_id = $1

--- distinct
select distinct country from app.customers where tenant_id = $1

--- distinct on
select distinct on (country) country, name from app.customers where tenant_id = $1 order by country, name desc nulls last

--- grouping
select country, count(*) as n, max(credit) from app.customers where tenant_id = $1 group by country having count(*) > 1 order by n desc

--- grouping sets, rollup and cube
select country, active, count(*) from app.customers where tenant_id = $1
group by grouping sets ((country), (active), ()), rollup (country), cube (active)

--- aggregates with FILTER, DISTINCT and ORDER BY
select count(*) filter (where active), count(distinct country), string_agg(name, ', ' order by name) from app.customers where tenant_id = $1

--- an ordered-set aggregate
select percentile_cont(0.5) within group (order by credit) from app.customers where tenant_id = $1

--- limit and offset
select name from app.customers where tenant_id = $1 order by name limit 10 offset 20

--- fetch first
select name from app.customers where tenant_id = $1 order by credit fetch first 3 rows with ties

--- a keyset
select id, name from app.customers where tenant_id = $1 and (name, id) > ($2, $3) order by name, id limit 50

--- windows
select name, rank() over (partition by country order by credit desc), sum(credit) over w, lag(name, 1) over (w rows between 1 preceding and current row)
from app.customers where tenant_id = $1
window w as (partition by country order by created_at)

--- a window with groups and an expression
select avg(credit) over (order by credit groups between unbounded preceding and 1 following) from app.customers where tenant_id = $1

--- set operations
select name from app.customers where tenant_id = $1
union all
select name from app.products where tenant_id = $1
except
(select name from app.employees where tenant_id = $1 intersect select 'x')
order by 1 limit 5

--- values
select v.a, v.b from (values (1, 'x'), (2, 'y')) as v (a, b)

--- a shared relation
select code, name from reference.countries where name like 'A%'

--- a shared relation beside a bound one
select c.name, r.name from app.customers c join reference.countries r on r.code = c.country where c.tenant_id = $1

--- locking
select id from app.jobs where tenant_id = $1 and state = 'new' order by run_at limit 1 for update skip locked

--- locking one of two
select o.id from app.orders o join app.customers c on c.tenant_id = o.tenant_id and c.id = o.customer_id
where o.tenant_id = $1 for update of o nowait

--- locking for others to read
select id from app.jobs where tenant_id = $1 for share
