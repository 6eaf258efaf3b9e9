select relation as object,
       case when rows_written is null then title || ' has no WITH CHECK' when rows_seen is null then title || ' has no USING'
            else title || ' reads by one expression and writes by another' end as what,
       format('alter %s using (…) with check (…), with the same expression in both', title) as remedy
  from policies
 where polcmd in ('*', 'w') and rows_seen is distinct from rows_written or polcmd = 'a' and rows_written is null
