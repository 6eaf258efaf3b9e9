select relation as object, format('%s is not the fence: %s', title, expression) as what,
       format('alter %s using (…) with check (…), with the fence of the others', title) as remedy
  from expressions where kind = 'other'
