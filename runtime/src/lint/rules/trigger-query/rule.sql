select t.name as object,
       format('the trigger %I calls %s, which %s', tr.tgname, p.oid::regprocedure,
              case when l.lanname <> 'plpgsql' then format('is written in %s and cannot be read here', l.lanname)
                   when not p.prosecdef then 'queries by the rights of whoever fires it'
                   else format('queries without %s', g.tenant_column) end) as what,
       format('make %s security definer under a narrow role, with %I in each predicate, or drop trigger %I on %s',
              p.oid::regprocedure, g.tenant_column, tr.tgname, t.name) as remedy
  from pg_trigger tr join tables t on t.oid = tr.tgrelid join pg_proc p on p.oid = tr.tgfoid join pg_language l on l.oid = p.prolang
 cross join given g
 where not tr.tgisinternal and p.pronamespace <> 'pg_catalog'::regnamespace
   and (l.lanname <> 'plpgsql'
     -- A message with quoted words in it reads no row.
     or regexp_replace(p.prosrc, '--[^\n]*|/\*.*?\*/|\mexecute format\(''notify %I, %L'',', ' ',
       'g') ~* '\m(select|insert|update|delete|merge|perform|execute|copy|truncate|call|table)\M'
        and (not p.prosecdef or p.prosrc !~* ('\m' || g.tenant_column || '\M')))
