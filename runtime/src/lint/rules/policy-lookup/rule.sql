select relation as object, format('%s looks something up: %s', title, expression) as what,
       format('alter %s using (…) with check (…), comparing the column with the setting itself', title) as remedy
  from expressions where kind = 'lookup'
