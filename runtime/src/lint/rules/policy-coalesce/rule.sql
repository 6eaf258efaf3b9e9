select relation as object, format('%s gives a default for the tenant: %s', title, expression) as what,
       format('alter %s using (…) with check (…), with nullif and without coalesce', title) as remedy
  from expressions where kind = 'coalesce'
