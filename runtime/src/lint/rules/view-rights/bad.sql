-- bad: app.cheap
create view app.cheap as select * from app.products;

-- bad: app.cheap
create view app.cheap with (security_barrier = true) as select * from app.products;

-- bad: app.cheap
create view app.cheap with (security_invoker = on, security_barrier = off) as select * from app.products where unit_price < 100;
