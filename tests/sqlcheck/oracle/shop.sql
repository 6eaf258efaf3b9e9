-- A small shop without row level security: what a statement sees here is what its own predicates leave.
-- Numbers repeat between the tenants, so that a join that forgets the tenant finds partners.
create schema app;
create schema ref;
set search_path = app, ref;

create table ref.countries (code text primary key, name text not null, rank int not null) with (autovacuum_enabled = off);

create table app.customers (
    tenant_id uuid not null, id int not null, name text not null, city text, country text references ref.countries, credit int, owner uuid,
    primary key (tenant_id, id), unique (tenant_id, name)
) with (autovacuum_enabled = off);

create table app.products (
    tenant_id uuid not null, id int not null, sku text not null, kind text, price int,
    primary key (tenant_id, id), unique (tenant_id, sku)
) with (autovacuum_enabled = off);

create table app.orders (
    tenant_id uuid not null, id int not null, customer_id int, parent_id int, status text, total int, open boolean,
    primary key (tenant_id, id),
    foreign key (tenant_id, customer_id) references app.customers on delete set null (customer_id),
    foreign key (tenant_id, parent_id) references app.orders on delete set null (parent_id)
) with (autovacuum_enabled = off);

create table app.lines (
    tenant_id uuid not null, order_id int not null, id int not null, product_id int, amount int,
    primary key (tenant_id, order_id, id),
    foreign key (tenant_id, order_id) references app.orders on delete cascade,
    foreign key (tenant_id, product_id) references app.products
) with (autovacuum_enabled = off);

-- The code is unique over all tenants, which Tenantry's own tables never have: an upsert on it reaches another tenant's row.
create table app.coupons (
    tenant_id uuid not null, id int not null, code text not null unique, value int,
    primary key (tenant_id, id)
) with (autovacuum_enabled = off);

create type app.mark as (author uuid, word text);

create table app.notes (
    tenant_id uuid not null, id int not null, customer_id int, body text, author uuid, done boolean, mark app.mark,
    primary key (tenant_id, id)
) with (autovacuum_enabled = off);

create view app.cards with (security_invoker) as select tenant_id, id, name, city, credit from app.customers;
