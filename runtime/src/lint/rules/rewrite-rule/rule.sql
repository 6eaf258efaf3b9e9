select r.name as object, format('the rule %I rewrites statements on it', w.rulename) as what,
       format('drop rule %I on %s', w.rulename, r.name) as remedy
  from pg_rewrite w join relations r on r.oid = w.ev_class where w.rulename <> '_RETURN'
