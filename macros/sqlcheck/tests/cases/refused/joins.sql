--- a left join's kept side | Unbound 1:20
select c.name from app.customers c left join app.orders o on o.tenant_id = $1 and c.tenant_id = $1

--- a left join's kept side, along the tenant | Unbound 1:20
select c.name from app.customers c left join app.orders o on o.tenant_id = c.tenant_id and o.tenant_id = $1

--- a left join's other side | Unbound 1:46
select c.name from app.customers c left join app.orders o on o.customer_id = c.id where c.tenant_id = $1

--- a right join's kept side | Unbound 1:49
select o.number from app.customers c right join app.orders o on c.tenant_id = $1 and o.tenant_id = $1

--- a right join's kept side, along the tenant | Unbound 1:49
select o.number from app.customers c right join app.orders o on c.tenant_id = o.tenant_id and c.tenant_id = $1

--- a full join | Unbound 1:20, Unbound 1:46
select c.name from app.customers c full join app.orders o on c.tenant_id = $1 and o.tenant_id = $1

--- a full join along the tenant | Unbound 1:46
select c.name from app.customers c full join app.orders o on c.tenant_id = o.tenant_id where c.tenant_id = $1

--- a full join with USING | Unbound 1:46
select c.name from app.customers c full join app.orders o using (tenant_id, id) where c.tenant_id = $1

--- USING of other columns | Unbound 1:41
select c.name from app.customers c join app.orders o using (id) where c.tenant_id = $1

--- USING in a left join, from the wrong side | Unbound 1:20, Unbound 1:46
select c.name from app.customers c left join app.orders o using (tenant_id, id) where false and o.id = $2 or o.tenant_id = $1

--- USING in a left join, from the side that may be missing | Unbound 1:20
select c.name from app.customers c left join app.orders o using (tenant_id, id) join app.products p on p.tenant_id = $1 and o.tenant_id = $1

--- USING in a right join, from the wrong side | Unbound 1:47
select c.name from app.customers c right join app.orders o using (tenant_id, id) where c.tenant_id = $1

--- USING behind a sub-select | Unbound 1:56
select x.id from (select $1::uuid as tenant_id) x join app.orders o using (tenant_id)

--- USING where the left side has two | Unbound 1:81
select c.id from app.customers c join app.orders o on o.customer_id = c.id join app.order_lines l using (tenant_id) where c.tenant_id = $1 and o.tenant_id = $1

--- USING with an alias | Unbound 1:39, JoinAlias 1:77
select j.id from app.customers c join app.orders o using (tenant_id, id) as j where c.tenant_id = $1

--- NATURAL | Natural 1:49
select c.name from app.customers c natural join app.orders o where c.tenant_id = $1 and o.tenant_id = $1

--- NATURAL LEFT | Natural 1:54
select c.name from app.customers c natural left join app.orders o where c.tenant_id = $1 and o.tenant_id = $1

--- a name for a join | JoinAlias 1:100
select j.name from (app.customers c join app.orders o on o.tenant_id = $1 and c.tenant_id = $1) as j

--- CROSS JOIN | Unbound 1:47
select c.name from app.customers c cross join app.orders o where c.tenant_id = $1

--- ON does not see what stands beside the join | Unbound 1:50
select 1 from app.customers c, app.orders o join app.order_lines l on l.tenant_id = c.tenant_id where c.tenant_id = $1 and o.tenant_id = $1

--- ON sees the outer query's relation of that name | Unbound 1:15, Unbound 2:53
select 1 from app.customers a where exists (
    select 1 from app.products a, app.orders o join app.order_lines l on l.tenant_id = a.tenant_id where a.tenant_id = $1 and o.tenant_id = $1
)

--- a sub-select that is not LATERAL | Unbound 1:52
select c.name from app.customers c, (select * from app.orders o where o.tenant_id = c.tenant_id) o where c.tenant_id = $1

--- a joined sub-select that is not LATERAL | Unbound 1:56
select c.name from app.customers c join (select * from app.orders o where o.tenant_id = c.tenant_id) x on true where c.tenant_id = $1

--- a lateral sub-select along nothing | Unbound 1:60
select c.name from app.customers c, lateral (select * from app.orders o where o.customer_id = c.id) o where c.tenant_id = $1

--- ON within an outer join | Unbound 1:65
select c.name from app.customers c left join (app.orders o join app.order_lines l on l.order_id = o.id) on o.tenant_id = c.tenant_id where c.tenant_id = $1

--- a relation behind an outer join | Unbound 1:98
select c.name from app.customers c left join app.orders o on o.tenant_id = c.tenant_id left join app.order_lines l on l.order_id = o.id where c.tenant_id = $1

--- a join that leans to the right | Unbound 1:15, Unbound 1:41, Unbound 1:64
select 1 from app.customers c left join app.orders o left join app.order_lines l on l.tenant_id = o.tenant_id and o.tenant_id = $1 on o.tenant_id = c.tenant_id where c.tenant_id = $1 or true

--- TABLESAMPLE | Sample 1:18
select name from app.customers tablesample system (10) where tenant_id = $1

--- ONLY | Only 1:23
select name from only app.customers where tenant_id = $1

--- a star behind a relation | Only 1:18
select name from app.customers * where tenant_id = $1

--- names for the columns | Renamed 1:37
select c.name from app.customers as c (id, tenant_id) where c.tenant_id = $1

--- a join without ON | Construct 1:36
select 1 from app.customers c join app.orders o where c.tenant_id = $1 and o.tenant_id = $1
