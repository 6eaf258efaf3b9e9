select name as object, 'a foreign table cannot be fenced' as what, format('drop foreign table %s', name) as remedy
  from relations where relkind = 'f'
union all
select s.srvname, 'a foreign server is a way to rows that no fence of this database holds', format('drop server %I cascade', s.srvname)
  from pg_foreign_server s
union all
select e.extname, 'the extension opens connections or files past row security', format('drop extension %I', e.extname)
  from pg_extension e where e.extname in ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'pageinspect', 'pg_walinspect', 'pg_surgery')
union all
select l.lanname, 'a function in this untrusted language can do what the server''s account can', format('drop language %I', l.lanname)
  from pg_language l where not l.lanpltrusted and l.lanname not in ('internal', 'c')
