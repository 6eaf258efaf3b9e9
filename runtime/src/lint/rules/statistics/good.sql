grant select on pg_stat_activity to pg_monitor;
