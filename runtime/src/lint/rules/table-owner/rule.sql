select t.name as object,
       format('its owner %s is %s', o.rolname, case when o.rolsuper then 'a superuser' when o.rolbypassrls then 'a role with BYPASSRLS'
                                                    else 'a role of the service, which can take the fence away' end) as what,
       format('alter table %s owner to …, a role without login and attributes', t.name) as remedy
  from tenant_tables t join pg_roles o on o.oid = t.relowner cross join given g
 where o.rolsuper or o.rolbypassrls or o.rolname = any (g.roles)
