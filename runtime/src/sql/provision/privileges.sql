revoke all on schema {platform_schema}, {schema} from public;
grant usage on schema {platform_schema}, {schema} to {app}, {platform}, {backup};
grant usage on schema {platform_schema} to {identity}, {lookup};

-- A new function is callable by nobody but its owner, whichever schema it is in; a new table is readable by nobody but the backup.
alter default privileges for role {owner} revoke execute on functions from public;
alter default privileges for role {owner} in schema {platform_schema}, {schema} grant select on tables to {backup};
grant select on all tables in schema {platform_schema}, {schema} to {backup};

do $$
declare
  f regprocedure;
begin
  for f in
    select oid from pg_proc where pronamespace in ('{platform_schema}'::regnamespace, '{schema}'::regnamespace) and pg_has_role(proowner, 'usage')
  loop
    execute format('revoke execute on routine %s from public', f);  -- somebody else's are told by the outcome
  end loop;
end $$;

-- What start-up goes by: a database that does not say so is held to level `hardened`.
comment on schema {platform_schema} is 'provisioned at level {level}';
