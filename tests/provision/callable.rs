//! What the application may call of `pg_catalog` is what somebody has judged: a major version that brings another function turns this red.

use tenantry_testkit::lines;
use tenantry_tests::Site;

/// Functions that only `--quiet-stats` takes away.
const COUNTING: &str = include_str!("../../runtime/src/sql/provision/counting_functions.sql");

/// Volatile functions that PUBLIC may keep, and why. Only a volatile one acts, or tells something that is not in its arguments or in a table.
const JUDGED: [(&str, &str); 10] = [
    ("^(clock_timestamp|timeofday|random(_normal)?|array_(sample|shuffle)|gen_random_uuid|uuidv[47])$", "tell of nobody"),
    ("^(current_query|pg_sleep(_for|_until)?)$", "concern the statement itself"),
    ("^(currval|lastval|nextval|setval)$", "need a privilege on a sequence, and the application has none"),
    ("^(amvalidate|brin_.*|gin_clean_pending_list|pg_(clear|restore)_(relation|attribute)_stats)$", "need the table's owner or MAINTAIN"),
    (
        "^pg_((copy|create|drop)_(logical_|physical_)?replication_slot|logical_slot_.*|replication_slot_advance|sync_replication_slots)$",
        "need REPLICATION",
    ),
    (
        "^(binary_upgrade_.*|pg_(nextoid|stop_making_pinned_objects|import_system_collations|extension_config_dump))$",
        "are for initdb, pg_upgrade and extensions",
    ),
    ("^pg_(read_file_old|rotate_logfile_old)$", "need a superuser"),
    (
        "^pg_(control_.*|is_in_recovery|is_wal_replay_paused|last_.*|get_wal_.*|available_wal_summaries|wal_summary_contents|get_wait_events\
         |get_loaded_modules|jit_available|(database_)?collation_actual_version|notification_queue_usage|get_multixact_members|prepared_xact)$",
        "tell of the server, and of no tenant",
    ),
    ("^(txid_status|pg_xact_.*|pg_isolation_test_session_is_blocked|pg_safe_snapshot_blocking_pids)$", "take a number and tell a state"),
    (
        "^(pg_partition_(ancestors|tree)|pg_stat_(clear_snapshot|force_next_flush)|plpgsql_(call_handler|validator))$",
        "read the catalogue, or do nothing",
    ),
];

#[tokio::test]
async fn each_volatile_function_that_the_application_may_call_has_been_judged() {
    let site = Site::new("callable").await;
    let mut app = site.connect("app").await;
    let callable = format!(
        "select distinct p.proname::text from pg_proc p
          where p.pronamespace = 'pg_catalog'::regnamespace and p.provolatile = 'v' and p.prokind in ('f', 'p')
            and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype) and not 'internal'::regtype = any (p.proargtypes::oid[])
            and has_function_privilege(p.oid, 'execute') and not ({COUNTING}
                ) order by 1"
    );
    let callable = lines(&mut app, &callable).await.expect("reads");
    assert!(callable.len() > 50, "{callable:?}");
    let judged: Vec<String> = JUDGED.iter().map(|(names, _)| (*names).to_owned()).collect();
    let left = format!(
        "select name from unnest(array['{}']) name where not name ~ any (array['{}']) order by 1",
        callable.join("', '"),
        judged.join("', '")
    );
    let left = lines(&mut app, &left).await.expect("reads");
    assert!(left.is_empty(), "nobody has judged {left:?}: revoke them in reaching_functions.sql, or say here why they may stay");
}
