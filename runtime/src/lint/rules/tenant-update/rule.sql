select t.name as object, format('%s may update %s', r.rolname, g.tenant_column) as what,
       format('revoke update on %s from public, %I; grant update (…) on %s to %2$I, '
              'column by column', t.name, r.rolname, t.name) as remedy
  from tables t cross join limited_roles r cross join given g
 where t.tenant is not null and has_column_privilege(r.oid, t.oid, t.tenant, 'update')
union all
select t.name, format('no trigger refuses a change of %s', g.tenant_column),
       format('create trigger tenant_immutable before update of %1$I on %2$s for each row '
              'when (old.%1$I is distinct from new.%1$I) execute function %3$s()',
              g.tenant_column, t.name, g.tenant_trigger)
  from tables t cross join given g
 where t.tenant is not null and g.tenant_trigger is not null
   and not exists (
     select from pg_trigger tr join pg_proc p on p.oid = tr.tgfoid
       join pg_namespace n on n.oid = p.pronamespace
      where tr.tgrelid = t.oid and tr.tgenabled in ('O', 'A') and format('%I.%I', n.nspname, p.proname) = g.tenant_trigger
        -- BEFORE (2), ROW (1) and UPDATE (16)
        and tr.tgtype & 19 = 19 and (tr.tgattr = '' or t.tenant = any (tr.tgattr::int2[]))
        and (tr.tgqual is null or pg_get_triggerdef(tr.oid) like format('%% WHEN ((old.%1$I IS DISTINCT FROM new.%1$I)) %%',
          g.tenant_column))
        and p.prosrc ~* '\mraise\s+exception\M')
