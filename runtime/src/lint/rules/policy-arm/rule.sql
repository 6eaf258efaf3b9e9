select relation as object, format('%s has a further arm: %s', title, expression) as what,
       format('alter %s using (…) with check (…), with the bare comparison', title) as remedy
  from expressions where kind = 'arm'
