select t.name as object, format('%s has privileges on it, and it is a part of another table', r.rolname) as what,
       format('revoke all on %s from public, %I', t.name, r.rolname) as remedy
  from tables t cross join limited_roles r
 where t.is_child
   and (has_any_column_privilege(r.oid, t.oid, 'select, insert, update, references')
     or has_table_privilege(r.oid, t.oid, 'delete, truncate, trigger'))
