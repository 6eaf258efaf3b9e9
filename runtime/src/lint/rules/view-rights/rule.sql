select name as object,
       case when not invoker then 'the view reads by its owner''s rights' else 'the view has no security barrier' end as what,
       format('alter view %s set (security_invoker = true, security_barrier = true)', name) as remedy
  from relations
 cross join lateral (
   select coalesce(bool_or(option_name = 'security_invoker' and option_value::bool), false) as invoker,
          coalesce(bool_or(option_name = 'security_barrier' and option_value::bool), false) as barrier
     from pg_options_to_table(reloptions)
 ) options
 where relkind = 'v' and not (invoker and barrier)
