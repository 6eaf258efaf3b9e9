--- INSERT
insert into app.customers (tenant_id, id, name) values ($1, $2, $3)

--- INSERT of several rows
insert into app.customers (id, tenant_id, name) values ($2, $1, 'a'), ($3, $1::uuid, 'b') returning id, name as who, *

--- INSERT from a SELECT
insert into app.orders (tenant_id, id, customer_id) select $1, gen_random_uuid(), c.id from app.customers c where c.tenant_id = $1

--- INSERT from arrays
insert into app.products (tenant_id, id, name) select $1, t.id, t.name from unnest($2::uuid[], $3::text[]) as t (id, name)

--- INSERT from a set operation
insert into app.products (tenant_id, id) select $1, gen_random_uuid() union all (select $1, gen_random_uuid())

--- INSERT from WITH
with gone as (delete from app.orders where tenant_id = $1 and state = 'old' returning id)
insert into app.jobs (tenant_id, id, state) select $1, gone.id, 'purged' from gone

--- INSERT with WITH inside
insert into app.products (tenant_id, id) with x as (select gen_random_uuid() as id) select $1, x.id from x

--- INSERT with an alias
insert into app.products as p (tenant_id, id, price) values ($1, $2, 3) on conflict (tenant_id, id) do update set price = p.price + excluded.price

--- an upsert
insert into app.customers (tenant_id, id, name, email) values ($1, $2, $3, $4)
on conflict (tenant_id, email) do update set name = excluded.name, credit = coalesce(customers.credit, 0) + 1 where customers.name <> excluded.name
returning id

--- an upsert on a partial index
insert into app.customers (tenant_id, id, name) values ($1, $2, $3) on conflict (tenant_id, name) where deleted_at is null do update set active = true

--- an upsert of several columns
insert into app.customers (tenant_id, id, name) values ($1, $2, $3) on conflict (tenant_id, id) do update set (name, email) = (excluded.name, excluded.email)

--- DO NOTHING
insert into app.customers (tenant_id, id, name) values ($1, $2, $3) on conflict do nothing

--- DO NOTHING on a key
insert into app.customers (tenant_id, id, name) values ($1, $2, $3) on conflict (tenant_id, id) do nothing

--- DO NOTHING on a constraint
insert into app.orders (tenant_id, id, customer_id) values ($1, $2, $3) on conflict on constraint orders_number do nothing

--- RETURNING with a sub-select
insert into app.orders (tenant_id, id, customer_id) values ($1, $2, $3)
returning id, (select c.name from app.customers c where c.tenant_id = orders.tenant_id and c.id = orders.customer_id)

--- UPDATE
update app.customers set name = $2, credit = credit + 1 where tenant_id = $1 and id = $3 returning *

--- UPDATE with an alias
update app.customers as c set name = upper(c.name) where c.tenant_id = $1

--- UPDATE of several columns
update app.customers set (name, email) = ('a', 'b'), active = default where tenant_id = $1

--- UPDATE from a sub-select
update app.customers c set credit = (select count(*) from app.orders o where o.tenant_id = c.tenant_id and o.customer_id = c.id) where c.tenant_id = $1

--- UPDATE … FROM
update app.orders o set state = 'x' from app.customers c where o.tenant_id = $1 and c.tenant_id = o.tenant_id and c.id = o.customer_id

--- UPDATE … FROM a join
update app.orders o set total = x.total
from app.customers c join app.order_lines l on l.tenant_id = c.tenant_id
cross join lateral (select sum(p.price) as total from app.products p where p.tenant_id = l.tenant_id) x
where (o.tenant_id, o.customer_id) = (c.tenant_id, c.id) and c.tenant_id = $1

--- UPDATE … FROM values
update app.products p set price = v.price from (values ($2::uuid, 1.5)) as v (id, price) where p.tenant_id = $1 and p.id = v.id

--- UPDATE of a row that is locked
with next as (select j.id from app.jobs j where j.tenant_id = $1 and j.state = 'new' order by j.run_at for update skip locked limit 1)
update app.jobs j set state = 'running' from next where j.tenant_id = $1 and j.id = next.id returning j.id, j.payload

--- DELETE
delete from app.customers where tenant_id = $1 and id = any($2)

--- DELETE … USING
delete from app.order_lines as l using app.orders o where l.tenant_id = o.tenant_id and l.order_id = o.id and o.tenant_id = $1 returning l.id

--- DELETE with a sub-select
delete from app.customers c where c.tenant_id = $1 and not exists (select 1 from app.orders o where o.tenant_id = c.tenant_id and o.customer_id = c.id)

--- several writes
with a as (insert into app.products (tenant_id, id) values ($1, $2) returning id), b as (update app.jobs set state = 'x' where tenant_id = $1 returning id)
select a.id from a union all select b.id from b
