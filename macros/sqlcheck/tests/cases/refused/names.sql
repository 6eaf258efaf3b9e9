--- no schema | Schema 1:18
select name from customers where tenant_id = $1

--- no schema, in a join | Schema 1:41
select c.name from app.customers c join orders o on o.tenant_id = c.tenant_id where c.tenant_id = $1

--- three names | Catalog 1:18
select name from main.app.customers where tenant_id = $1

--- a shared name in another schema | Unbound 1:18
select code from app.countries

--- a shared name in quotes | Unbound 1:18
select code from reference."Countries"

--- the catalogue | System 1:21
select relname from pg_catalog.pg_class

--- the catalogue without its schema | Schema 1:21
select relname from pg_class

--- the information schema | System 1:24
select table_name from information_schema.tables

--- a function that is not listed | Function 1:8
select app.other(name) from app.customers where tenant_id = $1

--- a function of another schema | Function 1:8
select public.slug(name) from app.customers where tenant_id = $1

--- a function that is not listed, in FROM | Function 1:15
select x from app.other(1) as x

--- a function with three names | Function 1:8
select main.app.slug('a')

--- a name that is cut off | LongName 1:16
select name as abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl from app.customers where tenant_id = $1

--- a quoted name that is cut off | LongName 1:34
select c.name from app.customers "ééééééééééééééééééééééééééééééééé" where tenant_id = $1
