select g.event_trigger as object, case when e.oid is null then 'the event trigger that fences new tables is missing'
                                       else 'the event trigger that fences new tables is switched off' end as what,
       case when e.oid is null then 'run `cargo xtask provision --admin-url …`' else format('alter event trigger %I enable',
         g.event_trigger) end as remedy
  from given g left join pg_event_trigger e on e.evtname = g.event_trigger
 where g.event_trigger is not null
   and (e.oid is null or e.evtenabled not in ('O', 'A') or e.evtevent <> 'ddl_command_end'
     or e.evttags is not null and not e.evttags @> array['CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO'])
