select relation as object, format('%s does not read the tenant of the transaction: %s', title, expression) as what, dropped as remedy
  from expressions where kind = 'open'
