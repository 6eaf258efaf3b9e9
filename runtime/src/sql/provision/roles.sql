-- 1. Roles. They belong to the cluster; everything further down belongs to this database. -----------------------------------------

do $$
declare
  missing text;
begin
  for missing in
    select r from unnest(array[
      '{owner}',     -- owns every object; nobody logs in as it
      '{migrator}',  -- applies migrations: logs in, then becomes {owner}
      '{app}',       -- the service: owns nothing, member of nothing
      '{platform}',  -- onboarding and operation: tenants, and one tenant's rows inside that tenant's own context
      '{identity}',  -- who somebody is: e-mails and hashes of passwords; no application's statement runs as it
      '{backup}',    -- pg_dump: the only role that bypasses row security, and it only reads
      '{lookup}'     -- owns the look-ups from before a tenant is known: whose a host, a slug or an id is
    ]) r where to_regrole(r) is null
  loop
    execute format('create role %I', missing);
  end loop;
end $$;
