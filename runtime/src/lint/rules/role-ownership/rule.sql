select r.rolname as object,
       format('it owns %s object(s), such as %s', count(*),
              coalesce(min(case when s.dbid in (0, d.oid) then pg_describe_object(s.classid, s.objid, s.objsubid) end),
                'one in another database'))
         as what,
       format('reassign owned by %I to …, in each database that has them', r.rolname) as remedy
  from pg_shdepend s
  join app_roles r on r.oid = s.refobjid and s.refclassid = 'pg_authid'::regclass and s.deptype = 'o'
  join pg_database d on d.datname = current_database()
 group by r.rolname
