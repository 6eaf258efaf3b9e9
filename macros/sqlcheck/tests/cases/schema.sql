-- The tables that the cases speak of, so that a server can be asked whether it takes what is accepted.
create schema app;
create schema reference;
create table reference.countries (code text primary key, name text not null);
create table app.customers (
    tenant_id uuid not null, id uuid not null, name text not null, email text, country text, parent_id uuid, credit int, tags text[],
    data jsonb, active boolean not null default true, created_at timestamptz not null default now(), deleted_at timestamptz,
    primary key (tenant_id, id), unique (tenant_id, email)
);
create unique index customers_name on app.customers (tenant_id, name) where deleted_at is null;
create table app.orders (
    tenant_id uuid not null, id uuid not null, customer_id uuid not null, number int, total numeric, placed_on date, state text,
    primary key (tenant_id, id), constraint orders_number unique (tenant_id, number)
);
create table app.order_lines (
    tenant_id uuid not null, id uuid not null, order_id uuid not null, product_id uuid, quantity int, price numeric, primary key (tenant_id, id)
);
create table app.products (tenant_id uuid not null, id uuid not null, name text, price numeric, data jsonb, primary key (tenant_id, id));
create table app.jobs (tenant_id uuid not null, id uuid not null, state text, run_at timestamptz, payload jsonb, primary key (tenant_id, id));
create table app.employees (tenant_id uuid not null, id uuid not null, name text, manager_id uuid, salary numeric, primary key (tenant_id, id));
create table app."Odd Names" (tenant_id uuid not null, "Id" uuid not null, "select" text);
create function app.slug(text) returns text language sql immutable as $$ select lower($1) $$;
create function app.recent(int) returns setof int language sql stable as $$ select 1 $$;
