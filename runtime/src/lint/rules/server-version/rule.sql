select 'server' as object,
       case when f.major is null then format('PostgreSQL %s is too old: %s or later is needed', v.major, (select min(major) from floors))
            else format('PostgreSQL %s.%s has known security faults: %1$s.%3$s or later is needed', v.major, v.minor, f.minor) end as what,
       'update the server' as remedy
  from (select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version_num')::int % 10000 as minor) v
  left join floors f on f.major = v.major
 where f.minor > v.minor or v.major < (select min(major) from floors)
