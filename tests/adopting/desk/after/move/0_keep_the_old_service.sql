-- `provision` takes these two from everybody. The old service calls them in `sqlx::migrate!`, and keeps them until it goes.
grant execute on function pg_advisory_lock(bigint), pg_advisory_unlock(bigint) to helpdesk;
