select name as object, 'row level security is not forced, so its owner sees every row' as what,
       format('alter table %s force row level security', name) as remedy
  from tenant_tables where not relforcerowsecurity
