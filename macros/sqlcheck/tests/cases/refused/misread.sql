--- an operator that swallows a comment's start | Misread 1:49
select name from app.customers where credit < 9 &-- 2 and tenant_id = $1
1

--- an operator that swallows the start of a long comment | Misread 1:49
select name from app.customers where credit > 1 -/* and tenant_id = $1 */ 1

--- a question mark in front of a comment | Misread 1:43
select name from app.customers where data ?-- 'a' and tenant_id = $1
'b'

--- two equals signs | Misread 1:48
select name from app.customers where tenant_id == $1

--- a carriage return ends a comment | Unbound 1:18
select name from app.customers where active -- a note
or tenant_id = $1

--- a list in brackets | Construct 1:9
select [name] from app.customers where tenant_id = $1

--- an empty list in brackets | Construct 1:16
select [] from app.customers where tenant_id = $1

--- a string in two pieces | Misread 1:8
select 'a'
'b' from app.customers where tenant_id = $1

--- XOR | Unbound 1:18, Construct 1:57
select name from app.customers where tenant_id = $1 xor active

--- REGEXP | Construct 1:57
select name from app.customers where tenant_id = $1 and name regexp 'a'

--- RLIKE | Construct 1:57
select name from app.customers where tenant_id = $1 and name rlike 'a'

--- DIV | Unreadable 1:15
select credit div 2 from app.customers where tenant_id = $1

--- a postfix operator | Construct 1:8
select 5 ! from app.customers where tenant_id = $1

--- OPERATOR | Unbound 1:18, Construct 1:71
select name from app.customers where tenant_id operator(pg_catalog.=) $1

--- QUALIFY | Construct 1:1
select name from app.customers where tenant_id = $1 qualify row_number() over (order by name) = 1

--- TOP | Construct 1:1
select top 5 name from app.customers where tenant_id = $1

--- EXCLUDE | Unreadable 1:10
select * exclude (name) from app.customers where tenant_id = $1

--- EXCEPT of columns | Unreadable 1:18
select * except (name) from app.customers where tenant_id = $1

--- PREWHERE | Unreadable 1:32
select name from app.customers prewhere tenant_id = $1

--- LIMIT with two numbers | Unreadable 1:60
select name from app.customers where tenant_id = $1 limit 1, 2

--- GROUP BY ALL | Construct 1:38
select name from app.customers where tenant_id = $1 group by all

--- WITH ROLLUP | Unreadable 1:67
select name from app.customers where tenant_id = $1 group by name with rollup

--- PIVOT | Construct 1:15
select * from app.customers pivot (sum(credit) for country in ('AT'))

--- SEMI JOIN | Construct 1:51, Unbound 1:51
select c.name from app.customers c left semi join app.orders o on o.tenant_id = c.tenant_id where c.tenant_id = $1

--- ANTI JOIN | Construct 1:46, Unbound 1:46
select c.name from app.customers c anti join app.orders o on o.tenant_id = c.tenant_id where c.tenant_id = $1

--- CROSS APPLY | Construct 1:48, Unbound 1:48
select c.name from app.customers c cross apply app.orders o where c.tenant_id = $1

--- a hint | Construct 1:18
select name from app.customers with (nolock) where tenant_id = $1

--- an index hint | Unreadable 1:36
select name from app.customers use index (a) where tenant_id = $1

--- UNION BY NAME | Construct 1:67
select name from app.customers where tenant_id = $1 union by name select name from app.products where tenant_id = $1

--- MINUS | Construct 1:59
select name from app.customers where tenant_id = $1 minus select name from app.products where tenant_id = $1

--- a pipe | Unreadable 1:55
select name from app.customers where tenant_id = $1 |> select name

--- FROM first | Unreadable 1:12
with a as (from app.customers select name) select 1

--- TRY_CAST | Construct 1:17
select try_cast(name as int) from app.customers where tenant_id = $1

--- an outer join in a condition | Unreadable 1:120
select c.name from app.customers c, app.orders o where c.tenant_id = $1 and o.tenant_id = $1 and c.id = o.customer_id (+)

--- ON DUPLICATE KEY | Construct 1:1
insert into app.customers (tenant_id, id) values ($1, $2) on duplicate key update name = 'a'

--- INSERT without INTO | Construct 1:1
insert app.customers (tenant_id, id) values ($1, $2)

--- INSERT OVERWRITE | Construct 1:1, InsertColumns 1:24
insert overwrite table app.customers select $1

--- INSERT OR REPLACE | SelectInto 1:19
insert or replace into app.customers (tenant_id, id) values ($1, $2)

--- UPDATE with LIMIT | Construct 1:1
update app.customers set name = 'a' where tenant_id = $1 limit 1

--- UPDATE of a join | Construct 1:8
update app.customers c join app.orders o on true set name = 'a' where c.tenant_id = $1

--- FROM in front of SET | Construct 1:1
update app.customers from app.orders set name = 'a' where tenant_id = $1

--- DELETE with LIMIT | Construct 1:1
delete from app.customers where tenant_id = $1 limit 1

--- DELETE without FROM | Unreadable 1:22
delete app.customers where tenant_id = $1

--- a word behind the end | Unreadable 1:53
select name from app.customers where tenant_id = $1 foo bar

--- not SQL | Unreadable 1:15
select select select

--- an open parenthesis | Unreadable 1:14
select (name from app.customers where tenant_id = $1

--- what the lexical check refuses | Semicolon 1:52
select name from app.customers where tenant_id = $1;

--- a setting | Name 1:8
select set_config('app.tenant_id', 'x', true) from app.customers where tenant_id = $1

--- a new table | SelectInto 1:13
select name into app.copy from app.customers where tenant_id = $1

--- MERGE in WITH | Merge 1:28
with a as (select 1) merge into app.customers c using a on true when matched then delete

--- TABLE | Construct 1:6
with a as (table app.customers) select 1 from a
