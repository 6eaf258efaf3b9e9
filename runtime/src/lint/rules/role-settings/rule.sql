select coalesce(r.rolname, 'PUBLIC') as object,
       format('%s is a default of %s', s.name, case when s.setrole = 0 then 'the database' else 'the role' end) as what,
       case when s.setrole = 0 then format('alter database %I reset %s', current_database(), s.name)
            when s.setdatabase = 0 then format('alter role %I reset %s', r.rolname, s.name)
            else format('alter role %I in database %I reset %s', r.rolname, current_database(), s.name) end as remedy
  from (select d.*, split_part(c, '=', 1) as name, substr(c, strpos(c, '=') + 1) as value
          from pg_db_role_setting d cross join unnest(d.setconfig) as c) s
  left join pg_roles r on r.oid = s.setrole
 cross join given g
 where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
   and (s.setrole = 0 or r.rolname = any (g.roles) or r.oid in (select relowner from tenant_tables))
   and (split_part(s.name, '.', 1) = split_part(g.setting, '.', 1)
     or s.name = 'row_security' and s.value <> 'on'
     or s.name in ('session_preload_libraries', 'local_preload_libraries', 'role', 'session_authorization', 'session_replication_role'))
