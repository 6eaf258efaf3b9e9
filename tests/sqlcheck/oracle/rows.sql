insert into ref.countries values ('de', 'red', 1), ('fr', 'blue', 2), ('it', 'green', 3) on conflict do nothing;

insert into app.customers
select :tenant, i, (array['ann', 'red', 'n1', 'n2', 'n:letter'])[i], (array['red', 'blue', null, 'green'])[1 + (i + :shift) % 4],
    (array['de', null, 'fr'])[1 + (i + :shift) % 3], (array[0, 1, 2, null])[1 + (i * 3 + :shift) % 4],
    case i % 3 when 0 then :tenant when 1 then :other end
from generate_series(1, 5) i;

insert into app.products
select :tenant, i, (array['ann', 'red', 'n1', 'n3', 'n:letter'])[i], (array['blue', null, 'red'])[1 + (i + :shift) % 3],
    (array[1, 2, null, 4])[1 + (i + :shift) % 4]
from generate_series(1, 5) i;

insert into app.orders
select :tenant, i, (array[1, 2, null, 3])[1 + (i + :shift) % 4], case when i > 2 then i - 1 - (i + :shift) % 2 end,
    (array['red', 'green', null])[1 + (i + :shift) % 3], (i * 2 + :shift) % 5, (array[true, false, null])[1 + (i + :shift) % 3]
from generate_series(1, 6) i;

insert into app.lines
select :tenant, 1 + i % 5, i, (array[1, 2, null, 3, 4])[1 + (i + :shift) % 5], (array[1, 2, 3, null])[1 + (i + :shift) % 4]
from generate_series(1, 7) i;

insert into app.coupons select :tenant, i, ':letter' || i, i % 3 + :shift from generate_series(1, 3) i;

insert into app.notes
select :tenant, i, (array[1, null, 2, 3])[1 + (i + :shift) % 4], (array['red', 'ann', null])[1 + (i + :shift) % 3],
    case i % 3 when 0 then :tenant when 1 then :other end, (array[true, null, false])[1 + (i + :shift) % 3]
from generate_series(1, 5) i;
