//! Functions and views that a statement may not name: they change the tenant, reach beyond the row level security, or run SQL that stands in a
//! string, where no check sees it. Every function that provision takes from the service is among them, which a test holds.

/// Names that are refused as they stand.
const EXACT: &[&str] = &[
    // Change settings, and so the tenant; an UPDATE of the view calls the function. The seed of random() outlives the transaction, too.
    "set_config",
    "pg_settings",
    "setseed",
    // Reach other sessions, or what they left behind.
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_notify",
    "pg_logical_emit_message",
    "pg_export_snapshot",
    "pg_listening_channels",
    "pg_prepared_statement",
    "pg_prepared_statements",
    "pg_cursor",
    "pg_cursors",
    "pg_locks",
    "pg_lock_status",
    // Tells how many blocks a table has, whoever's rows are in it.
    "currtid2",
    // Run SQL that is given as text.
    "ts_stat",
    "ts_rewrite",
    "connectby",
    "xpath_table",
    // Large objects have owners, not tenants.
    "lo_close",
    "lo_creat",
    "lo_create",
    "lo_export",
    "lo_from_bytea",
    "lo_get",
    "lo_import",
    "lo_lseek",
    "lo_lseek64",
    "lo_open",
    "lo_put",
    "lo_tell",
    "lo_tell64",
    "lo_truncate",
    "lo_truncate64",
    "lo_unlink",
    "loread",
    "lowrite",
];

/// Beginnings of families of names.
const PREFIXES: &[&str] = &[
    // Other sessions' statements, and counts over all tenants.
    "pg_stat_",
    // One tenant could hold a lock that another one waits for.
    "pg_advisory_",
    "pg_try_advisory_",
    // Run SQL that is given as text, or read whole tables by name.
    "query_to_xml",
    "cursor_to_xml",
    "table_to_xml",
    "schema_to_xml",
    "database_to_xml",
    "crosstab",
    // A connection of its own, without the tenant.
    "dblink",
];

/// The pairs of first letters that occur above. They tell of nearly every name at once that it is none of those, and every word of every
/// statement is asked about.
const BEGINNINGS: [[bool; 26]; 26] = {
    let mut pairs = [[false; 26]; 26];
    mark(&mut pairs, EXACT);
    mark(&mut pairs, PREFIXES);
    pairs
};

#[expect(
    clippy::indexing_slicing,
    reason = "it runs at compile time alone, where an entry that does not begin with two small letters is an error"
)]
const fn mark(pairs: &mut [[bool; 26]; 26], names: &[&str]) {
    let mut at = 0;
    while at < names.len() {
        let name = names[at].as_bytes();
        pairs[(name[0] - b'a') as usize][(name[1] - b'a') as usize] = true;
        at += 1;
    }
}

fn begins_like_one(name: &str) -> bool {
    let letter = |byte: u8| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a'));
    match *name.as_bytes() {
        [first, second, ..] => BEGINNINGS.get(letter(first)).and_then(|row| row.get(letter(second))).copied().unwrap_or(false),
        _ => false,
    }
}

/// The entry that refuses the name, in whatever case it is written. PostgreSQL folds ASCII letters only when its encoding is UTF8, so no
/// other letter can stand for one of these.
pub(crate) fn refused(name: &str) -> Option<&'static str> {
    let exact = || EXACT.iter().find(|entry| name.eq_ignore_ascii_case(entry));
    let family = || PREFIXES.iter().find(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)));
    if begins_like_one(name) { exact().or_else(family).copied() } else { None }
}
