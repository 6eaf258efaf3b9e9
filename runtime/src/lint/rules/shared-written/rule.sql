select t.name as object, format('%s may write what every tenant reads', r.rolname) as what,
       format('revoke insert, update, delete on %s from public, %I', t.name, r.rolname) as remedy
  from relations t cross join given g
  join limited_roles r on r.rolname = g.roles[1]
 where t.relkind in ('r', 'p') and t.name = any (g.shared)
   and (has_table_privilege(r.oid, t.oid, 'delete') or has_any_column_privilege(r.oid, t.oid, 'insert, update'))
