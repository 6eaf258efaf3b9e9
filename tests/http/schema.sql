-- The tables of this suite, fenced like generated ones.

create schema app;
create schema tenancy;

create table tenancy.tenants (
  id uuid not null constraint tenants_pkey primary key
);

create table app.customers (
  tenant_id             uuid        not null,
  id                    uuid        not null,
  code                  text        not null,
  name                  text,
  status                text        not null,
  credit_limit          bigint,
  credit_limit_currency text,
  rank                  integer     not null,
  bought                bigint      not null,
  letters               boolean     not null,
  since                 date,
  called_at             timestamptz,
  external              uuid,
  balance               bigint,
  parent                uuid,
  version               bigint      not null default 1,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  constraint customers_pkey           primary key (tenant_id, id),
  constraint customers_tenant_id_fkey foreign key (tenant_id) references tenancy.tenants (id),
  constraint customers_parent_fkey    foreign key (tenant_id, parent) references app.customers (tenant_id, id) on delete set null (parent),
  constraint customers_code_key       unique (tenant_id, code),
  constraint customers_rank_check     check (rank < 1000)  -- a rule that the reader does not know
);

create table app.orders (
  tenant_id uuid    not null,
  id        uuid    not null,
  customer  uuid    not null,
  number    integer not null,
  constraint orders_pkey                primary key (tenant_id, id),
  constraint orders_tenant_id_fkey      foreign key (tenant_id) references tenancy.tenants (id),
  constraint orders_customer_fkey       foreign key (tenant_id, customer) references app.customers (tenant_id, id),
  constraint orders_customer_number_key unique (tenant_id, customer, number)
);

create function tenancy.touch() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $$;
create trigger touch before update on app.customers for each row execute function tenancy.touch();

do $$ begin
  if not exists (select from pg_roles where rolname = 'tenantry_http_suite') then
    create role tenantry_http_suite login password 'of no value';
  end if;
end $$;

alter table app.customers enable row level security;
alter table app.customers force row level security;
create policy tenant_rows on app.customers to tenantry_http_suite
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table app.orders enable row level security;
alter table app.orders force row level security;
create policy tenant_rows on app.orders to tenantry_http_suite
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant usage on schema app, tenancy to tenantry_http_suite;
grant select, insert, update, delete on app.customers, app.orders to tenantry_http_suite;
