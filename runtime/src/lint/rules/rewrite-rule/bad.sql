-- bad: app.products
create table app.copies (like app.products);
create rule copy as on insert to app.products do also insert into app.copies select new.*;
