select name as object, 'a materialized view cannot be fenced' as what, format('drop materialized view %s', name) as remedy
  from relations where relkind = 'm'
