--- no WHERE | Unbound 1:18
select name from app.customers

--- another column | Unbound 1:18
select name from app.customers where id = $1

--- another argument | Unbound 1:18
select name from app.customers where tenant_id = $2

--- argument ten | Unbound 1:18
select name from app.customers where tenant_id = $10

--- argument one with a nought in front | Unbound 1:18
select name from app.customers where tenant_id = $01

--- a value | Unbound 1:18
select name from app.customers where tenant_id = 'a8c1d2f0-0000-0000-0000-000000000000'

--- a setting | Unbound 1:18
select name from app.customers where tenant_id = current_setting('app.tenant_id')::uuid

--- compared with itself | Unbound 1:18
select name from app.customers where tenant_id = tenant_id

--- the argument compared with itself | Unbound 1:18
select name from app.customers where $1 = $1

--- an alternative | Unbound 1:18
select name from app.customers where tenant_id = $1 or active

--- both alternatives | Unbound 1:20
select c.name from app.customers c where (c.tenant_id = $1 and c.active) or (c.tenant_id = $1 and not c.active)

--- an alternative deep down | Unbound 1:20
select c.name from app.customers c where c.active and (c.credit > 0 and (c.tenant_id = $1 or c.credit is null))

--- NOT | Unbound 1:20
select c.name from app.customers c where not c.tenant_id = $1

--- NOT NOT | Unbound 1:20
select c.name from app.customers c where not (not (c.tenant_id = $1))

--- CASE | Unbound 1:20
select c.name from app.customers c where case when c.active then c.tenant_id = $1 else true end

--- an argument of a function | Unbound 1:20
select c.name from app.customers c where coalesce(c.tenant_id = $1, true)

--- IS TRUE | Unbound 1:20
select c.name from app.customers c where (c.tenant_id = $1) is not true

--- compared with true | Unbound 1:20
select c.name from app.customers c where (c.tenant_id = $1) = true

--- a chain of equalities | Unbound 1:20
select c.name from app.customers c where c.active = (c.tenant_id = $1)

--- IN | Unbound 1:20
select c.name from app.customers c where c.tenant_id in ($1)

--- IN of a sub-select | Unbound 1:20
select c.name from app.customers c where c.tenant_id in (select $1::uuid)

--- ANY | Unbound 1:20
select c.name from app.customers c where c.tenant_id = any ($1)

--- ANY of an array | Unbound 1:20
select c.name from app.customers c where c.tenant_id = any (array[$1]::uuid[])

--- IS NOT DISTINCT FROM | Unbound 1:20
select c.name from app.customers c where c.tenant_id is not distinct from $1

--- another operator | Unbound 1:20
select c.name from app.customers c where c.tenant_id >= $1 and c.tenant_id <> $1

--- LIKE | Unbound 1:20
select c.name from app.customers c where c.tenant_id::text like $1

--- BETWEEN | Unbound 1:20
select c.name from app.customers c where c.tenant_id between $1 and $1

--- BETWEEN takes the AND | Unbound 1:20
select c.name from app.customers c where c.credit between 1 and c.tenant_id = $1

--- a sub-select | Unbound 1:20
select c.name from app.customers c where c.tenant_id = (select $1::uuid)

--- a cast of the column | Unbound 1:20
select c.name from app.customers c where c.tenant_id::text = $1

--- a cast of both | Unbound 1:20
select c.name from app.customers c where c.tenant_id::text = $1::text

--- a cast of the argument to something else | Unbound 1:20
select c.name from app.customers c where c.tenant_id = $1::text

--- a function of the column | Unbound 1:20
select c.name from app.customers c where lower(c.tenant_id::text) = $1

--- COLLATE | Unbound 1:20
select c.name from app.customers c where c.tenant_id collate "C" = $1

--- HAVING | Unbound 1:35
select c.tenant_id, count(*) from app.customers c group by c.tenant_id having c.tenant_id = $1

--- HAVING with more | Unbound 1:35
select c.tenant_id, count(*) from app.customers c group by c.tenant_id having c.tenant_id = $1 and count(*) > 1

--- the select list | Unbound 1:30
select c.tenant_id = $1 from app.customers c

--- a FILTER | Unbound 1:54
select count(*) filter (where c.tenant_id = $1) from app.customers c

--- ORDER BY | Unbound 1:20
select c.name from app.customers c order by c.tenant_id = $1 desc

--- rows of another length | Unbound 1:20
select c.name from app.customers c where (c.tenant_id, c.id) = ($1, $2, $3)

--- a row in another order | Unbound 1:20
select c.name from app.customers c where (c.tenant_id, c.id) = ($2, $1)

--- a row and IN | Unbound 1:20
select c.name from app.customers c where (c.tenant_id, c.id) in (select $1::uuid, $2::uuid)

--- a row that is greater | Unbound 1:20
select c.name from app.customers c where (c.tenant_id, c.id) > ($1, $2)

--- a column with three names | Unbound 1:28
select customers.name from app.customers where app.customers.tenant_id = $1

--- a quoted column of another name | Unbound 1:20
select c.name from app.customers c where c."Tenant_id" = $1

--- a name that is another one in quotes | Unbound 1:22
select "C".name from app.customers "C", app.orders c where c.tenant_id = $1

--- two without a qualifier | Unbound 1:18, Unbound 1:33
select name from app.customers, app.orders where tenant_id = $1

--- a join without a qualifier | Unbound 1:18, Unbound 1:39
select name from app.customers c join app.orders o on o.customer_id = c.id where tenant_id = $1

--- USING, and then without a qualifier | Unbound 1:18, Unbound 1:39
select name from app.customers c join app.orders o using (tenant_id, id) where tenant_id = $1

--- one within a query, without a qualifier | Unbound 1:85
select c.name from app.customers c where c.tenant_id = $1 and exists (select 1 from app.orders where tenant_id = $1)

--- one within a query, without a qualifier, and the outer one free | Unbound 1:20
select c.name from app.customers c where exists (select 1 from app.orders o where tenant_id = $1 and o.tenant_id = $1)

--- lateral, without a qualifier | Unbound 1:60
select c.name from app.customers c, lateral (select 1 from app.orders where tenant_id = $1) o where c.tenant_id = $1

--- a sub-select in UPDATE, without a qualifier | Unbound 1:59
update app.customers c set credit = (select count(*) from app.orders where tenant_id = $1) where c.tenant_id = $1

--- a function beside it | Unbound 1:18
select name from app.customers, unnest($2) as u (tenant_id) where tenant_id = $1

--- the outer one from within | Unbound 1:20
select c.name from app.customers c where exists (select 1 from app.orders o where o.tenant_id = $1 and c.tenant_id = $1)

--- the outer one from within, along the tenant | Unbound 1:20
select c.name from app.customers c where exists (select 1 from app.orders o where o.tenant_id = c.tenant_id and o.tenant_id = $1)

--- correlation with one that is not bound | Unbound 1:20, Unbound 1:64
select c.name from app.customers c where exists (select 1 from app.orders o where o.tenant_id = c.tenant_id)

--- one arm | Unbound 1:76
select name from app.customers where tenant_id = $1 union select name from app.products

--- the other arm | Unbound 1:18
select name from app.customers intersect select name from app.products where tenant_id = $1

--- an arm in parentheses | Verb 1:1
(select name from app.customers) union (select 1)

--- an arm within | Unbound 1:40
select 1 union all (select number from app.orders limit 1)

--- one of two | Unbound 1:32
select 1 from app.customers c, app.orders o where c.tenant_id = $1

--- equal to each other and to nothing else | Unbound 1:15, Unbound 1:32
select 1 from app.customers c, app.orders o where c.tenant_id = o.tenant_id

--- both forgotten | Unbound 1:15, Unbound 1:32
select 1 from app.customers c, app.orders o

--- a shared relation's column | Unbound 1:20
select c.name from app.customers c, reference.countries r where c.tenant_id = r.code and r.code = $1

--- a whole row | Unbound 1:20
select c.name from app.customers c where c = $1

--- a name of two relations | Unbound 1:15, Unbound 1:32
select 1 from app.customers c, app.orders c where c.tenant_id = $1

--- no such relation | Unbound 1:15
select 1 from app.customers c where x.tenant_id = $1

--- the relation's name where it has an alias | Unbound 1:15
select 1 from app.customers c where customers.tenant_id = $1
