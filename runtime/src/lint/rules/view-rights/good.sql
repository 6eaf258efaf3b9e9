create view app.cheap with (security_invoker = true, security_barrier = true) as select * from app.products where unit_price < 100;
