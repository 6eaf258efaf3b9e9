-- bad: app.totals
create materialized view app.totals as select tenant_id, count(*) as products from app.products group by tenant_id;
