//! Which test notices which weakening. An arm is a `mutant!("name")` in the library; its tests are those that it turns red.

/// A weakening, and the tests of one suite that must fail under it.
#[derive(Debug)]
pub(super) struct Arm {
    /// As `mutant!` names it.
    pub(super) name: &'static str,
    /// The suite of `tenantry-tests`.
    pub(super) suite: &'static str,
    /// With their modules.
    pub(super) tests: &'static [&'static str],
}

/// The suites that the arms name.
pub(super) const SUITES: &[&str] = &["db", "http"];

const fn db(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "db", tests }
}

const fn http(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "http", tests }
}

/// `predicate` is not here: it is noticed by the whole proof, once row security is gone, too.
pub(super) const ARMS: &[Arm] = &[
    // A transaction, and what interrupts it.
    db("begin_unguarded", &["faults::a_future_dropped_after_any_number_of_polls_leaves_nothing_behind"]),
    db("session_set", &["faults::a_panic_rolls_back"]),
    db("commit_each", &["faults::a_panic_rolls_back", "faults::a_statement_timeout_rolls_back", "faults::a_killed_backend_is_replaced"]),
    db("no_poison", &["faults::a_swallowed_error_is_not_committed"]),
    db("commit_poisoned", &["faults::a_swallowed_error_is_not_committed"]),
    // Savepoints.
    db("savepoint_kept", &["savepoints::what_fails_is_taken_back_and_the_rest_is_kept"]),
    db("savepoint_unread", &["savepoints::a_swallowed_error_inside_a_savepoint_takes_it_back"]),
    db("savepoint_heals", &["savepoints::a_savepoint_does_not_heal_a_poisoned_transaction"]),
    db("savepoint_uncounted", &["savepoints::a_savepoint_dropped_half_way_keeps_the_transaction_from_committing"]),
    // Hand-written SQL.
    db("first_argument", &["handwritten::a_statement_without_arguments_or_tenant_is_refused"]),
    db("first_argument_misread", &["handwritten::plain_sqlx_runs_as_it_is"]),
    db("no_arguments", &["handwritten::a_statement_without_arguments_or_tenant_is_refused"]),
    db(
        "any_statement",
        &[
            "handwritten::a_statement_without_arguments_or_tenant_is_refused",
            "handwritten::without_the_predicate_check_row_security_still_holds",
        ],
    ),
    db("refusal_forgiven", &["handwritten::a_refused_statement_keeps_the_transaction_from_committing"]),
    db("stream_unwatched", &["handwritten::a_stream_dropped_half_read_poisons_and_one_read_to_its_end_does_not"]),
    db("error_detail", &["handwritten::a_constraint_that_hand_written_sql_breaks_is_explained"]),
    // The repository.
    db("unexplained", &["repository::broken_constraints_name_the_column"]),
    db("empty_patch_writes", &["repository::a_row_is_made_found_changed_and_deleted"]),
    db(
        "affected_unchecked",
        &["repository::a_row_is_made_found_changed_and_deleted", "repository::another_tenants_row_is_a_row_that_does_not_exist"],
    ),
    db("keyset_repeats", &["repository::pages_follow_each_other_without_gap_or_repetition"]),
];
