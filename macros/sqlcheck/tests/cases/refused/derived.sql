--- a column of a CTE | Unbound 1:61
with t as (select $1::uuid as tenant_id) select c.name from app.customers c, t where c.tenant_id = t.tenant_id

--- a column of a CTE that is bound | Unbound 1:86
with t as (select tenant_id from app.orders where tenant_id = $1) select c.name from app.customers c join t on c.tenant_id = t.tenant_id

--- a column of a sub-select | Unbound 1:20
select c.name from app.customers c join (select tenant_id from app.orders where tenant_id = $1) o on o.tenant_id = c.tenant_id

--- a column of VALUES | Unbound 1:20
select c.name from app.customers c, (values ($1)) as v (tenant_id) where c.tenant_id = v.tenant_id

--- a column of a function | Unbound 1:20
select c.name from app.customers c, unnest(array[$1]) as u (tenant_id) where c.tenant_id = u.tenant_id

--- a bound column of a CTE, and the relation in it free | Unbound 1:40
with t as (select tenant_id, name from app.customers) select name from t where tenant_id = $1

--- a bound column of a sub-select, and the relation in it free | Unbound 1:49
select x.name from (select tenant_id, name from app.customers) x where x.tenant_id = $1

--- a CTE that nobody uses | Unbound 1:29
with t as (select name from app.customers) select 1

--- a sub-select of the same alias as the outer relation | Unbound 2:53
select c.name from app.customers c where c.tenant_id = $1 and exists (
    select 1 from (select $2::uuid as tenant_id) c, app.orders o where o.tenant_id = c.tenant_id
)

--- a CTE of the same name as the outer relation | Unbound 1:124
with c as (select $2::uuid as tenant_id) select 1 from app.customers x where x.tenant_id = $1 and exists (select 1 from c, app.orders o where o.tenant_id = c.tenant_id)

--- the second arm of a recursion | Unbound 1:99
with recursive t as (select id from app.employees where tenant_id = $1 union all select e.id from app.employees e join t on e.manager_id = t.id) select id from t

--- a recursion along the tenant | Unbound 1:123
with recursive t as (select id, tenant_id from app.employees where tenant_id = $1 union all select e.id, e.tenant_id from app.employees e join t on e.tenant_id = t.tenant_id) select id from t

--- a CTE that comes later | Schema 1:26
with a as (select 1 from b), b as (select 1) select 1 from a

--- a CTE in itself without RECURSIVE | Schema 1:26
with a as (select 1 from a) select 1 from a

--- a CTE of a query within | Schema 1:57
select 1 from (with t as (select 1) select 1 from t) x, t

--- in the select list | Unbound 1:30
select (select count(*) from app.customers)

--- in VALUES | Unbound 1:48
select v.n from (values ((select count(*) from app.customers))) as v (n)

--- in LIMIT | Unbound 1:38
select 1 limit (select count(*) from app.customers)

--- in OFFSET | Unbound 1:39
select 1 offset (select count(*) from app.customers)

--- in FETCH | Unreadable 1:69
select 1 from app.jobs where tenant_id = $1 order by id fetch first (select count(*) from app.customers) rows only

--- in ORDER BY | Unbound 1:41
select 1 order by (select count(*) from app.customers)

--- in GROUP BY | Unbound 1:80
select 1 from app.jobs j where j.tenant_id = $1 group by (select count(*) from app.customers)

--- in HAVING | Unbound 1:39
select 1 having (select count(*) from app.customers) > 1

--- in a window | Unbound 1:56
select sum(1) over (partition by (select count(*) from app.customers))

--- in a named window | Unbound 1:105
select sum(1) over w from app.jobs j where j.tenant_id = $1 window w as (order by (select count(*) from app.customers))

--- in the frame of a window | Unbound 1:59
select sum(1) over (order by 1 rows (select count(*) from app.customers) preceding)

--- in ON | Unbound 1:78
select 1 from app.jobs j join reference.countries r on (select count(*) from app.customers) > 1 where j.tenant_id = $1

--- in CASE | Unbound 1:35, Unbound 1:77, Unbound 1:109, Unbound 1:139
select case (select count(*) from app.customers) when (select count(*) from app.orders) then (select 1 from app.jobs) else (select 2 from app.products) end

--- in a function | Unbound 1:39, Unbound 1:79
select coalesce((select count(*) from app.customers), lower((select name from app.products)))

--- in an aggregate | Unbound 1:29, Unbound 1:81, Unbound 1:131
select count((select 1 from app.customers)) filter (where exists (select 1 from app.orders)), array_agg(1 order by (select 1 from app.jobs))

--- in a function in FROM | Unbound 1:61
select 1 from generate_series(1, (select count(*)::int from app.customers)) g

--- in UNNEST | Unbound 1:40
select 1 from unnest((select tags from app.customers)) u

--- in an array | Unbound 1:29, Unbound 1:67
select array[(select 1 from app.customers)], array(select id from app.orders)

--- in a subscript | Unbound 1:34, Unbound 1:77
select (array[1])[(select 1 from app.customers)], (array[1])[(select 1 from app.orders):2]

--- in a cast, a row and IN | Unbound 1:23, Unbound 1:64, Unbound 1:102, Unbound 1:134
select (select 1 from app.customers)::text, (1, (select 2 from app.orders)), 1 in (2, (select 3 from app.jobs)), 1 in (select 1 from app.products)

--- in every special form | Unbound 1:50, Unbound 1:90, Unbound 1:132, Unbound 2:39, Unbound 2:70
select extract(year from (select created_at from app.customers)), trim((select name from app.orders)), substring((select name from app.jobs) from 1),
    position('a' in (select name from app.products)), (select 1 from app.employees) is null

--- in DISTINCT ON | Unbound 1:36
select distinct on ((select 1 from app.customers)) 1

--- in EXISTS, ANY and LIKE | Unbound 1:30, Unbound 1:69, Unbound 1:109
select exists (select 1 from app.customers), 1 = any (select 1 from app.orders), 'a' like (select name from app.products)

--- in a lateral function | Unbound 1:64
select 1 from app.jobs j, jsonb_to_recordset((select data from app.customers)) as r (a int) where j.tenant_id = $1

--- a column of UNNEST, which goes by its own name | Unbound 1:98
select unnest.id from app.customers unnest where unnest.tenant_id = $1 and exists (select 1 from app.orders o, unnest($2::app.customers[]) where o.tenant_id = unnest.tenant_id)

--- a column of XMLTABLE, which goes by its own name | Unbound 1:104
select xmltable.id from app.customers xmltable where xmltable.tenant_id = $1 and exists (select 1 from app.orders o, xmltable('/a' passing $2 columns tenant_id uuid path '.') where o.tenant_id = xmltable.tenant_id)
