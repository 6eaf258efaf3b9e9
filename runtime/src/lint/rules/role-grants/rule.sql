select t.name as object, format('%s has %s', r.rolname, p.privilege) as what,
       format('revoke %s on %s from public, %I', lower(p.privilege), t.name, r.rolname) as remedy
  from relations t cross join limited_roles r
 cross join unnest(array['TRUNCATE', 'TRIGGER', 'REFERENCES']
                   || case when current_setting('server_version_num')::int >= 170000 then array['MAINTAIN'] else '{}' end) as p (privilege)
 where t.relkind in ('r', 'p', 'v', 'f')
   and case p.privilege when 'REFERENCES' then has_any_column_privilege(r.oid, t.oid, 'references') else has_table_privilege(r.oid,
     t.oid, p.privilege) end
