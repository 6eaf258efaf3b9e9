select s.name as object, format('%s may use the sequence, which counts for all tenants', r.rolname) as what,
       format('revoke all on sequence %s from public, %I', s.name, r.rolname) as remedy
  from relations s cross join limited_roles r
 where s.relkind = 'S' and has_sequence_privilege(r.oid, s.oid, 'usage, select, update')
