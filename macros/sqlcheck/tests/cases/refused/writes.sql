--- INSERT without columns | InsertColumns 1:13
insert into app.customers values ($1, $2, 'a')

--- INSERT of defaults | InsertColumns 1:13
insert into app.customers default values

--- INSERT without the tenant | InsertTenant 1:13
insert into app.customers (id, name) values ($2, 'a')

--- INSERT of another argument | InsertValue 1:51
insert into app.customers (tenant_id, id) values ($2, $1)

--- INSERT of a value | InsertValue 1:51
insert into app.customers (tenant_id, id) values (gen_random_uuid(), $1)

--- INSERT of the default | InsertValue 1:51
insert into app.customers (tenant_id, id) values (default, $1)

--- INSERT of one wrong row | InsertValue 1:61
insert into app.customers (tenant_id, id) values ($1, $2), ($3, $2), ($1, $2)

--- INSERT from a column | InsertValue 1:50
insert into app.customers (tenant_id, id) select o.tenant_id, o.id from app.orders o where o.tenant_id = $1

--- INSERT in another order | InsertValue 1:54
insert into app.customers (id, tenant_id) select $1, c.id from app.customers c where c.tenant_id = $1

--- INSERT from a star | InsertValue 1:50
insert into app.customers (id, tenant_id) select *, $1 from (select gen_random_uuid(), gen_random_uuid()) x

--- INSERT of a star | InsertValue 1:50
insert into app.customers (tenant_id, id) select * from app.orders o where o.tenant_id = $1

--- INSERT of too few | InsertValue 1:50
insert into app.customers (id, tenant_id) select gen_random_uuid()

--- INSERT from arms of which one is wrong | InsertValue 1:74
insert into app.customers (tenant_id, id) select $1, $2 union all select $2, $1

--- INSERT from a cast to something else | InsertValue 1:51
insert into app.customers (tenant_id, id) values ($1::text, $2)

--- INSERT from an unbound relation | Unbound 1:64
insert into app.customers (tenant_id, id) select $1, o.id from app.orders o

--- INSERT in WITH | InsertValue 1:62
with a as (insert into app.customers (tenant_id, id) values ($2, $1) returning id) select id from a

--- INSERT into a shared relation | SharedWrite 1:13
insert into reference.countries (code, name) values ('XX', 'x')

--- INSERT into a CTE | Schema 1:34
with a as (select 1) insert into a (tenant_id) values ($1)

--- INSERT without a schema | Schema 1:13
insert into customers (tenant_id, id) values ($1, $2)

--- an upsert without a target | ConflictTarget 1:13
insert into app.customers (tenant_id, id) values ($1, $2) on conflict do update set name = 'a'

--- an upsert on a key over all tenants | ConflictTarget 1:13
insert into app.customers (tenant_id, id, email) values ($1, $2, $3) on conflict (email) do update set name = 'a'

--- an upsert on a constraint | ConflictTarget 1:13
insert into app.orders (tenant_id, id, number) values ($1, $2, 3) on conflict on constraint orders_number do update set total = 0

--- DO NOTHING on a key over all tenants | ConflictTarget 1:13
insert into app.customers (tenant_id, id, email) values ($1, $2, $3) on conflict (email) do nothing

--- an upsert that moves the row | Assigned 1:101
insert into app.customers (tenant_id, id) values ($1, $2) on conflict (tenant_id, id) do update set tenant_id = excluded.tenant_id

--- an upsert that moves the row in a list | Assigned 1:108
insert into app.customers (tenant_id, id) values ($1, $2) on conflict (tenant_id, id) do update set (name, tenant_id) = ('a', $3)

--- a sub-select in an upsert, along `excluded` | Unbound 2:46
insert into app.customers (tenant_id, id) values ($1, $2) on conflict (tenant_id, id)
do update set credit = (select count(*) from app.orders o where o.tenant_id = excluded.tenant_id)

--- a sub-select in the WHERE of an upsert | Unbound 2:54
insert into app.customers (tenant_id, id) values ($1, $2) on conflict (tenant_id, id)
do update set name = 'a' where exists (select 1 from app.orders)

--- RETURNING | Unbound 1:91
insert into app.customers (tenant_id, id) values ($1, $2) returning (select count(*) from app.orders)

--- the source of an INSERT does not see its target | Unbound 1:69
insert into app.customers as c (tenant_id, id) select $1, o.id from app.orders o where o.tenant_id = c.tenant_id

--- UPDATE | Unbound 1:8
update app.customers set name = 'a'

--- UPDATE of one row | Unbound 1:8
update app.customers set name = 'a' where id = $2

--- UPDATE that moves the row | Assigned 1:26
update app.customers set tenant_id = $2 where tenant_id = $1

--- UPDATE to itself | Assigned 1:26
update app.customers set tenant_id = $1 where tenant_id = $1

--- UPDATE that moves the row in a list | Assigned 1:33
update app.customers set (name, tenant_id) = (select 'a', $2) where tenant_id = $1

--- UPDATE that moves the row, in other letters | Assigned 1:26
update app.customers set "tenant_id" = $2, NAME = 'a' where tenant_id = $1

--- UPDATE … FROM one that is not bound | Unbound 1:48
update app.customers c set name = o.state from app.orders o where c.tenant_id = $1 and o.customer_id = c.id

--- UPDATE … FROM with the target free | Unbound 1:8
update app.customers c set name = o.state from app.orders o where o.tenant_id = $1 and o.customer_id = c.id

--- UPDATE … FROM whose items do not see the target | Unbound 1:63
update app.customers c set name = x.state from (select * from app.orders o where o.tenant_id = c.tenant_id) x where c.tenant_id = $1

--- UPDATE … FROM whose ON does not see the target | Unbound 1:66
update app.customers c set name = o.state from app.orders o join app.order_lines l on l.tenant_id = c.tenant_id where c.tenant_id = $1 and o.tenant_id = $1

--- UPDATE from a sub-select | Unbound 1:59
update app.customers c set credit = (select count(*) from app.orders o where o.customer_id = c.id) where c.tenant_id = $1

--- UPDATE with the tenant as an alternative | Unbound 1:8
update app.customers set name = 'a' where tenant_id = $1 or id = $2

--- UPDATE of a shared relation | SharedWrite 1:8
update reference.countries set name = 'x' where code = $1

--- UPDATE in WITH | Unbound 1:19
with a as (update app.customers set name = 'a' returning id) select id from a

--- UPDATE RETURNING | Unbound 1:90
update app.customers set name = 'a' where tenant_id = $1 returning (select count(*) from app.orders)

--- UPDATE ONLY | Only 1:13
update only app.customers set name = 'a' where tenant_id = $1

--- UPDATE of a CTE | Schema 1:29
with a as (select 1) update a set name = 'a'

--- DELETE | Unbound 1:13
delete from app.customers

--- DELETE of one row | Unbound 1:13
delete from app.customers where id = $1

--- DELETE … USING with the target free | Unbound 1:13
delete from app.order_lines l using app.orders o where o.tenant_id = $1 and l.order_id = o.id

--- DELETE … USING one that is not bound | Unbound 1:37
delete from app.order_lines l using app.orders o where l.tenant_id = $1 and l.order_id = o.id

--- DELETE from a shared relation | SharedWrite 1:13
delete from reference.countries where code = $1

--- DELETE in WITH | Unbound 1:24
with a as (delete from app.customers returning id) select id from a

--- DELETE of the current row | Unreadable 1:41
delete from app.customers where current of c

--- INSERT with a field of a column before the tenant | InsertValue 1:69
insert into app.customers (address.town, tenant_id, id) values ($1, $2, $3)
