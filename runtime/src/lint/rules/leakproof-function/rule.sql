select p.oid::regprocedure as object, 'it is declared LEAKPROOF, so it may be called with rows before the policy is asked' as what,
       format('alter routine %s not leakproof', p.oid::regprocedure) as remedy
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where p.proleakproof and n.nspname <> 'pg_catalog' and n.nspname <> 'information_schema'
