select e.relation as object,
       format('%s calls %s, which is %s%s: %s', e.title, p.oid::regprocedure,
              case p.provolatile when 'i' then 'IMMUTABLE, so that a cached plan keeps the first tenant' when 's'
                then 'a function of its own'
                                 else 'VOLATILE' end,
              case when p.proleakproof then ' and LEAKPROOF' else '' end, e.expression) as what,
       format('alter %s using (…) with check (…), with current_setting itself', e.title) as remedy
  from expressions e
  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = e.oid and d.refclassid = 'pg_proc'::regclass
  join pg_proc p on p.oid = d.refobjid and p.oid >= 16384
 where e.kind = 'function'
