create table accounts (
  id   uuid primary key default gen_random_uuid(),
  slug text not null unique,
  name text not null
);

create table requesters (
  id         uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts (id),
  email      text not null,
  name       text not null,
  created_at timestamptz not null default now(),
  unique (account_id, email)
);

create table tickets (
  id           uuid primary key default gen_random_uuid(),
  account_id   uuid not null references accounts (id),
  requester_id uuid not null references requesters (id),
  subject      text not null,
  status       text not null default 'open' check (status in ('open', 'waiting', 'closed')),
  created_at   timestamptz not null default now()
);
create index on tickets (account_id, status);

-- Whose a comment or a tag is, its ticket says.
create table comments (
  id         bigint generated always as identity primary key,
  ticket_id  uuid not null references tickets (id) on delete cascade,
  author     text not null,
  body       text not null,
  minutes    integer not null default 0,
  created_at timestamptz not null default now()
);
create index on comments (ticket_id);

create table tags (
  ticket_id uuid not null references tickets (id) on delete cascade,
  label     text not null,
  primary key (ticket_id, label)
);
