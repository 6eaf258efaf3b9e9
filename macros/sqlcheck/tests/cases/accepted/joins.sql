--- an inner join along the tenant
select c.name, o.total from app.customers c join app.orders o on o.tenant_id = c.tenant_id and o.customer_id = c.id where c.tenant_id = $1

--- an inner join, each side on its own
select c.name from app.customers c inner join app.orders o on o.customer_id = c.id where c.tenant_id = $1 and o.tenant_id = $1

--- bound in ON alone
select c.name from app.customers c join app.orders o on o.customer_id = c.id and o.tenant_id = $1 and c.tenant_id = $1

--- a chain of equalities
select l.quantity
from app.customers c
join app.orders o on (o.tenant_id, o.customer_id) = (c.tenant_id, c.id)
join app.order_lines l on (l.tenant_id, l.order_id) = (o.tenant_id, o.id)
where $1 = l.tenant_id

--- a left join
select c.name, o.total from app.customers c left join app.orders o on o.tenant_id = c.tenant_id and o.customer_id = c.id where c.tenant_id = $1

--- a left join, bound to the argument
select c.name, o.total from app.customers c left outer join app.orders o on o.tenant_id = $1 and o.customer_id = c.id where c.tenant_id = $1

--- a left join, bound in WHERE
select c.name, o.total from app.customers c left join app.orders o on o.customer_id = c.id where c.tenant_id = $1 and o.tenant_id = $1

--- a right join
select c.name, o.total from app.orders o right join app.customers c on o.tenant_id = c.tenant_id and o.customer_id = c.id where c.tenant_id = $1

--- a full join of two that are bound in WHERE
select c.name, o.total from app.customers c full join app.orders o on o.customer_id = c.id where c.tenant_id = $1 and o.tenant_id = $1

--- a full join of two sub-selects
select c.name, o.total
from (select * from app.customers where tenant_id = $1) c
full outer join (select * from app.orders where tenant_id = $1) o on o.customer_id = c.id

--- a cross join
select c.name, p.name from app.customers c cross join app.products p where c.tenant_id = $1 and p.tenant_id = c.tenant_id

--- commas
select c.name, p.name from app.customers c, app.products p where p.tenant_id = $1 and c.tenant_id = $1

--- USING
select c.name, o.total from app.customers c join app.orders o using (tenant_id, id) where c.tenant_id = $1

--- USING twice
select c.id from app.customers c join app.orders o using (tenant_id, id) join app.order_lines l using (tenant_id, id) where o.tenant_id = $1

--- USING in a left join
select c.name, o.total from app.customers c left join app.orders o using (tenant_id, id) where c.tenant_id = $1

--- USING behind a shared relation
select c.name from app.customers c join reference.countries r on r.code = c.country join app.orders o using (tenant_id, id) where c.tenant_id = $1

--- a join in parentheses
select c.name, l.quantity
from app.customers c
left join (app.orders o join app.order_lines l on l.tenant_id = o.tenant_id and l.order_id = o.id) on o.tenant_id = c.tenant_id and o.customer_id = c.id
where c.tenant_id = $1

--- a join that leans to the right
select c.name, l.quantity
from app.customers c join app.orders o join app.order_lines l on l.order_id = o.id on o.customer_id = c.id
where c.tenant_id = $1 and (o.tenant_id, l.tenant_id) = (c.tenant_id, c.tenant_id)

--- a relation joined to itself
select e.name, m.name from app.employees e left join app.employees m on m.tenant_id = e.tenant_id and m.id = e.manager_id where e.tenant_id = $1

--- a lateral sub-select
select c.name, o.total
from app.customers c
cross join lateral (select total from app.orders o where o.tenant_id = c.tenant_id and o.customer_id = c.id order by placed_on desc limit 3) o
where c.tenant_id = $1

--- a lateral sub-select that may be empty
select c.name, o.n from app.customers c
left join lateral (select count(*) as n from app.orders where orders.tenant_id = c.tenant_id) o on true
where c.tenant_id = $1

--- a lateral sub-select beside a comma
select c.name, o.total from app.customers c, lateral (select o.total from app.orders o where o.tenant_id = $1 and o.customer_id = c.id) o
where c.tenant_id = $1

--- a function of a column
select c.name, t.tag from app.customers c, unnest(c.tags) with ordinality as t (tag, place) where c.tenant_id = $1

--- a function that gives rows
select g.n from generate_series(1, 10) as g (n)

--- a listed function that gives rows
select r.r from app.recent($2) as r

--- rows from JSON
select r.a, r.b from jsonb_to_recordset($2) as r (a int, b text)

--- a lateral function
select c.id, e.key from app.customers c cross join lateral jsonb_each(c.data) as e where c.tenant_id = $1

--- a sub-select without LATERAL
select x.name from (select name from app.customers where tenant_id = $1) as x
