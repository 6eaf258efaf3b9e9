--- EXISTS along the tenant
select c.name from app.customers c
where c.tenant_id = $1 and exists (select 1 from app.orders o where o.tenant_id = c.tenant_id and o.customer_id = c.id)

--- NOT EXISTS
select c.name from app.customers c where c.tenant_id = $1 and not exists (select 1 from app.orders o where o.tenant_id = $1 and o.customer_id = c.id)

--- IN
select name from app.customers where tenant_id = $1 and id in (select o.customer_id from app.orders o where o.tenant_id = $1)

--- NOT IN and ANY and ALL
select name from app.customers c where c.tenant_id = $1
and id not in (select customer_id from app.orders o where o.tenant_id = $1)
and credit > all (select total from app.orders o where o.tenant_id = $1)
and credit = any (select quantity from app.order_lines l where l.tenant_id = $1)

--- in the select list
select c.name, (select count(*) from app.orders o where o.tenant_id = c.tenant_id and o.customer_id = c.id) from app.customers c where c.tenant_id = $1

--- two levels down
select c.name from app.customers c where c.tenant_id = $1 and exists (
    select 1 from app.orders o where o.tenant_id = c.tenant_id and exists (
        select 1 from app.order_lines l where l.tenant_id = o.tenant_id and l.order_id = o.id
    )
)

--- past a level in between
select c.name from app.customers c where c.tenant_id = $1 and exists (
    select 1 from unnest(c.tags) t where exists (select 1 from app.order_lines l where l.tenant_id = c.tenant_id)
)

--- in CASE, an array, a function and an OR
select case when exists (select 1 from app.orders o where o.tenant_id = c.tenant_id) then 'a' else (select p.name from app.products p where p.tenant_id = $1 limit 1) end,
    array(select o.number from app.orders o where o.tenant_id = $1),
    coalesce((select max(o.total) from app.orders o where o.tenant_id = c.tenant_id), 0)
from app.customers c
where c.tenant_id = $1 and (c.active or exists (select 1 from app.jobs j where j.tenant_id = $1))

--- in ORDER BY, GROUP BY, HAVING, LIMIT and OFFSET
select c.country, count(*) from app.customers c where c.tenant_id = $1
group by c.country, (select count(*) from app.jobs j where j.tenant_id = $1)
having count(*) > (select count(*) from app.products p where p.tenant_id = $1)
order by (select count(*) from app.orders o where o.tenant_id = $1)
limit (select count(*) from app.orders o where o.tenant_id = $1) offset (select 0)

--- in a window
select sum(c.credit) over (partition by (select max(o.number) from app.orders o where o.tenant_id = c.tenant_id) order by c.id)
from app.customers c where c.tenant_id = $1

--- in ON
select c.name from app.customers c
join app.orders o on o.tenant_id = c.tenant_id and o.number = (select max(x.number) from app.orders x where x.tenant_id = c.tenant_id)
where c.tenant_id = $1

--- in VALUES
select v.n from (values ((select count(*) from app.customers c where c.tenant_id = $1))) as v (n)

--- in the arguments of a function in FROM
select g.n from generate_series(1, (select count(*)::int from app.customers c where c.tenant_id = $1)) as g (n)

--- in a FILTER
select count(*) filter (where exists (select 1 from app.orders o where o.tenant_id = c.tenant_id)) from app.customers c where c.tenant_id = $1

--- WITH
with open as (select customer_id, total from app.orders where tenant_id = $1 and state = 'open')
select c.name, open.total from app.customers c join open on open.customer_id = c.id where c.tenant_id = $1

--- WITH that uses another
with a as (select id from app.customers where tenant_id = $1), b as materialized (select id from a), c (x) as not materialized (select id from b)
select x from c

--- WITH in a sub-select
select name from app.customers where tenant_id = $1 and id in (with o as (select customer_id from app.orders o where o.tenant_id = $1) select customer_id from o)

--- WITH that is recursive
with recursive tree as (
    select e.id, e.name, 1 as depth from app.employees e where e.tenant_id = $1 and e.manager_id is null
    union all
    select e.id, e.name, t.depth + 1 from app.employees e join tree t on e.manager_id = t.id where e.tenant_id = $1
)
select name, depth from tree order by depth

--- WITH that hides a relation of the same name
with customers as (select 1 as id) select id from customers

--- a sub-select with an alias of an outer relation
select c.name from app.customers c where c.tenant_id = $1 and exists (select 1 from (select o.total from app.orders o where o.tenant_id = $1) c where c.total > 0)

--- deep
select * from (select * from (select * from (select * from (select * from (select * from (select name from app.customers where tenant_id = $1) a) b) c) d) e) f
