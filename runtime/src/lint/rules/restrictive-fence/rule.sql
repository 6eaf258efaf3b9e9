select t.name as object,
       'there is no restrictive policy for all commands and PUBLIC, so an added permissive policy widens what is seen' as what,
       format('create policy tenant_fence on %s as restrictive for all to public using (…) with check (…), '
              'with the fence of the others', t.name)
         as remedy
  from tenant_tables t
 where not exists (select from policies p where p.relid = t.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
                      and p.rows_seen is not null)
