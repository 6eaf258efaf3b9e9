-- A back-fill lifts FORCE and restores it in one transaction.
set role tenantry_owner;
alter table app.products no force row level security;
update app.products set reorder_level = 1 where reorder_level = 0;
alter table app.products force row level security;
