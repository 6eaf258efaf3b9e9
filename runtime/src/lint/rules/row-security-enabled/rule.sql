select name as object,
       'row level security is not enabled' || case when is_child then ', and a policy of its parent does not hold for it' else '' end
         as what,
       format('alter table %s enable row level security', name) as remedy
  from (select * from tenant_tables union select t.* from tables t, given g where g.house) t
 where not relrowsecurity
