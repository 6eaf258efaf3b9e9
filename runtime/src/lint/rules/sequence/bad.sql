-- bad: app.numbers
create sequence app.numbers;
grant usage on sequence app.numbers to tenantry_app;

-- bad: app.numbers
create sequence app.numbers;
grant select on sequence app.numbers to public;
