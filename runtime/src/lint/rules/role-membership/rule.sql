select r.rolname as object, format('it is a member of %s', pg_get_userbyid(m.roleid)) as what,
       format('revoke %I from %I', pg_get_userbyid(m.roleid), r.rolname) as remedy
  from pg_auth_members m join app_roles r on r.oid = m.member
