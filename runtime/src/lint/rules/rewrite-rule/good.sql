-- A view is a rule by itself, with the fixed name _RETURN.
create view app.names with (security_invoker = true, security_barrier = true) as select tenant_id, id, name from app.products;
