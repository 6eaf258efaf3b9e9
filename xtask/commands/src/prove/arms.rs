//! Which test notices which weakening. An arm is a `mutant!("name")` in the library; its tests are those that it turns red.

/// A weakening, and the tests of one suite that must fail under it.
#[derive(Debug)]
pub(super) struct Arm {
    /// As `mutant!` names it.
    pub(super) name: &'static str,
    /// The suite of `tenantry-tests`, or of `tenantry-sqlcheck`.
    pub(super) suite: &'static str,
    /// With their modules.
    pub(super) tests: &'static [&'static str],
}

/// The suites that the arms name.
pub(super) const SUITES: &[&str] = &[
    "alike",
    "auth",
    "db",
    "http",
    "isolation",
    "operator",
    "people",
    "people_http",
    "permissions",
    "resolve",
    "startup",
    "check",
    "cases",
];

const fn db(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "db", tests }
}

const fn http(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "http", tests }
}

const fn alike(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "alike", tests }
}

const fn auth(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "auth", tests }
}

const fn accounts(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "people", tests }
}

const fn operator(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "operator", tests }
}

const fn login(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "people_http", tests }
}

const fn permissions(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "permissions", tests }
}

const fn resolve(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "resolve", tests }
}

const fn startup(name: &'static str, tests: &'static [&'static str]) -> Arm {
    Arm { name, suite: "startup", tests }
}

/// What the attacks on the routes of people notice, too.
const fn attacked(name: &'static str) -> Arm {
    Arm { name, suite: "isolation", tests: &["attacks::nothing_gets_through_to_another_tenants_people"] }
}

/// A rule of the check of statements; its own cases notice.
const fn sqlcheck(name: &'static str, (suite, tests): (&'static str, &'static [&'static str])) -> Arm {
    Arm { name, suite, tests }
}

/// What notices a text that is taken for a statement and should not be.
const LEXICAL: (&str, &[&str]) = ("cases", &["these_are_refused_where_it_begins"]);
/// What notices a statement that is accepted, or refused for another reason.
const BOUND: (&str, &[&str]) = ("check", &["what_is_refused_and_where"]);

/// What notices a call that the catalogue alone shows to be the application's own.
const CALLED: (&str, &[&str]) = ("db", &["predicates::a_function_of_the_applications_own_is_called_where_it_is_listed"]);

/// `predicate` is not here: it is noticed by the whole proof, once row security is gone, too.
pub(super) const ARMS: &[Arm] = &[
    // A transaction, and what interrupts it.
    db("begin_unguarded", &["faults::a_future_dropped_after_any_number_of_polls_leaves_nothing_behind"]),
    db("begin_once", &["faults::a_connection_that_the_server_has_closed_costs_nobody_a_request"]),
    db("session_set", &["faults::the_context_is_set_for_the_transaction_alone"]),
    db("commit_each", &["faults::a_panic_rolls_back", "faults::a_statement_timeout_rolls_back", "faults::a_killed_backend_is_replaced"]),
    db("no_poison", &["faults::a_swallowed_error_is_not_committed"]),
    db("commit_poisoned", &["faults::a_swallowed_error_is_not_committed"]),
    // A pooler.
    db("pooler_persistent", &["pooler::many_tenants_share_two_connections_of_the_server_and_each_sees_its_own"]),
    db("pooler_outside", &["pooler::the_operator_and_the_health_check_are_answered_what_they_asked"]),
    db("pooler_unseen", &["pooler::a_pooler_that_nobody_has_named_keeps_the_service_from_starting"]),
    // What the operator changes.
    db("listener_gap_unsaid", &["changes::what_was_missed_between_two_connections_may_be_anything"]),
    db("resolve_gap_ignored", &["changes::what_is_remembered_follows_the_listener"]),
    // Repetition.
    db(
        "retry_never",
        &["retry::a_deadlock_is_repeated_until_both_are_done", "retry::a_serialization_failure_is_repeated_and_no_write_is_lost"],
    ),
    db("retry_anything", &["retry::what_a_repetition_would_not_mend_goes_straight_out"]),
    db("retry_unknown", &["retry::a_commit_whose_end_is_unknown_is_not_repeated"]),
    db("retry_unbounded", &["retry::a_conflict_that_does_not_pass_is_the_callers_with_the_number_of_tries"]),
    db(
        "isolation_ignored",
        &[
            "retry::a_serialization_failure_is_repeated_and_no_write_is_lost",
            "retry::two_that_read_what_the_other_writes_come_one_after_the_other",
        ],
    ),
    // Savepoints.
    db("savepoint_kept", &["savepoints::what_fails_is_taken_back_and_the_rest_is_kept"]),
    db("savepoint_unread", &["savepoints::a_swallowed_error_inside_a_savepoint_takes_it_back"]),
    db("savepoint_heals", &["savepoints::neither_a_savepoint_nor_a_success_heals_a_refused_statement"]),
    db("success_heals", &["savepoints::neither_a_savepoint_nor_a_success_heals_a_refused_statement"]),
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
    db(
        "predicate_unchecked",
        &[
            "predicates::a_forgotten_predicate_is_refused_before_anything_is_sent",
            "predicates::every_way_that_sqlx_has_is_checked",
            "compiled::a_macro_that_forgets_the_tenant_is_refused_before_anything_is_sent",
        ],
    ),
    db("memo_by_pointer", &["predicates::a_text_is_known_by_itself_and_not_by_its_place_or_length"]),
    db("memo_by_length", &["predicates::a_text_is_known_by_itself_and_not_by_its_place_or_length"]),
    db("memo_keeps_refused", &["predicates::a_refused_text_is_refused_again"]),
    db("functions_unread", CALLED.1),
    db(
        "unchecked_text",
        &[
            "handwritten::without_the_predicate_check_row_security_still_holds",
            "hostile::what_would_leave_the_tenant_or_outlive_the_transaction_is_not_sent",
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
    // The routes.
    http("http_all_verbs", &["verbs::only_the_routes_that_a_model_names_are_there"]),
    http("http_body_unbounded", &["refusals::bodies_are_bounded_whether_they_say_how_long_they_are_or_not"]),
    http("http_cached", &["lists::an_empty_list_is_a_page", "verbs::what_is_created_is_there_at_its_location"]),
    http(
        "http_constraint_told",
        &["refusals::a_taken_key_names_its_fields", "refusals::a_value_that_a_constraint_refuses_names_its_field"],
    ),
    http("http_cursor_ignored", &["lists::pages_give_every_row_once_in_every_order", "lists::filters_leave_what_they_say"]),
    http("http_cursor_tenant", &["isolation::a_cursor_is_good_for_its_tenant_and_its_list_alone"]),
    http("http_cursor_unverified", &["isolation::a_cursor_is_good_for_its_tenant_and_its_list_alone"]),
    http("http_extra_row", &["lists::pages_give_every_row_once_in_every_order"]),
    http("http_managed_accepted", &["refusals::bodies_that_are_not_json_are_told_from_bodies_that_are_not_rows"]),
    http("http_media", &["refusals::other_media_types_are_refused_with_what_would_be_taken"]),
    http("http_page_cut", &["refusals::an_answer_is_bounded"]),
    http("http_rule_hidden", &["refusals::a_rule_refuses_like_a_field"]),
    http("http_no_tenant", &["refusals::without_a_tenant_there_is_no_row"]),
    http("http_taken_twice", &["refusals::a_request_has_one_handle"]),
    http("http_location_bare", &["verbs::a_nested_api_says_where_it_is"]),
    http("http_no_default", &["verbs::what_is_absent_has_its_default"]),
    http("http_misread", &["verbs::every_kind_comes_back_as_it_was_given"]),
    http("too_long_for_index", &["refusals::a_text_that_its_index_cannot_hold_is_the_callers_error"]),
    http("patch_overwrites", &["verbs::a_patch_changes_what_it_names_and_nothing_else"]),
    http("http_tenant_passed_over", &["isolation::nobody_names_a_tenant"]),
    // The tenant of a request: its host.
    resolve("resolve_case_kept", &["hosts::a_host_in_any_spelling_is_its_tenants"]),
    resolve("resolve_dot_kept", &["hosts::a_host_in_any_spelling_is_its_tenants"]),
    resolve("resolve_port_kept", &["hosts::a_host_in_any_spelling_is_its_tenants"]),
    resolve("resolve_userinfo_accepted", &["hosts::what_is_no_host_is_refused"]),
    resolve("resolve_first_of_two", &["hosts::a_request_has_one_host", "trust::the_tenant_header_stands_there_once_and_names_one"]),
    resolve("resolve_target_unread", &["hosts::target_and_header_name_the_same_host"]),
    resolve("resolve_deeper_label", &["hosts::more_than_one_label_before_a_base_domain_is_nobodys"]),
    resolve("resolve_reserved_served", &["hosts::the_base_domain_reserved_slugs_and_addresses_name_no_tenant"]),
    resolve("resolve_base_as_domain", &["hosts::nobody_takes_a_subdomain_by_calling_it_a_domain_of_their_own"]),
    // The tenant of a request: who is believed.
    resolve("resolve_forwarded_of_anybody", &["trust::a_forwarded_host_is_believed_from_a_proxy_alone"]),
    resolve("resolve_forwarded_first", &["trust::what_a_client_has_written_before_the_proxy_does_not_count"]),
    resolve("resolve_forwarded_twice", &["trust::x_forwarded_host_has_one_value"]),
    resolve("resolve_header_of_anybody", &["trust::the_tenant_header_is_believed_from_a_proxy_alone"]),
    resolve("resolve_first_of_list", &["trust::the_tenant_header_stands_there_once_and_names_one"]),
    // The tenant of a request: what follows.
    resolve("resolve_ranked", &["answers::names_that_disagree_are_refused_and_not_ranked"]),
    resolve("resolve_inactive_served", &["answers::a_tenant_that_is_not_active_is_not_served_under_any_name"]),
    http("resolve_unknown_told", &["resolve::a_host_of_nobody_looks_like_a_row_of_nobody"]),
    http("refusal_bare", &["resolve::a_host_of_nobody_looks_like_a_row_of_nobody"]),
    alike("resolve_inactive_told", &["ids::a_foreign_row_a_missing_row_and_a_host_of_nobody_are_one_answer"]),
    alike("resolve_different_told", &["hosts::a_host_of_nobody_is_one_answer_on_every_route"]),
    // The tenant of a request: what is remembered.
    resolve("resolve_nobody_forgotten", &["remembered::tenants_and_names_of_nobody_are_asked_for_once"]),
    resolve(
        "resolve_never_expires",
        &["remembered::an_answer_is_forgotten_at_its_age", "remembered::asking_again_does_not_keep_an_answer_young"],
    ),
    resolve("resolve_bounds_shared", &["remembered::random_hosts_push_out_no_tenant"]),
    resolve("resolve_failure_remembered", &["remembered::a_failure_is_not_remembered"]),
    resolve("resolve_asked_by_each", &["remembered::a_thousand_requests_at_once_ask_once"]),
    resolve("resolve_never_invalidated", &["remembered::a_change_is_seen_by_the_next_request"]),
    resolve("resolve_old_answer_kept", &["remembered::an_answer_from_before_a_change_serves_nobody_after_it"]),
    // The directory, and the operator's door.
    db("directory_active", &["directory::a_slug_and_an_id_are_whose_they_are_and_tell_whether_that_one_is_served"]),
    db("platform_any_status", &["directory::a_slug_and_an_id_are_whose_they_are_and_tell_whether_that_one_is_served"]),
    db("platform_any_domain", &["directory::another_tenants_domain_is_one_that_does_not_exist"]),
    db("platform_found_unseen", &["directory::another_tenants_domain_is_one_that_does_not_exist"]),
    // What the operator does, and what is recorded of it.
    operator("platform_act_unrecorded", &["acts::each_act_leaves_its_row_with_operator_and_reason"]),
    operator("platform_act_apart", &["acts::what_cannot_be_recorded_is_not_done"]),
    operator("platform_act_unchecked", &["acts::nobody_acts_without_a_name_and_a_reason"]),
    operator("platform_refusal_recorded", &["acts::what_is_refused_leaves_no_row"]),
    operator("platform_members_unrecorded", &["members::the_users_of_one_tenant_are_told_with_their_roles_and_recorded"]),
    operator("platform_onboard_piecemeal", &["onboard::what_fails_half_way_leaves_nothing"]),
    operator("platform_challenge_of_any_tenant", &["challenged::the_record_of_tenant_and_host_verifies_and_no_other_one"]),
    operator("platform_challenge_of_any_host", &["challenged::the_record_of_tenant_and_host_verifies_and_no_other_one"]),
    operator("platform_challenge_unread", &["challenged::the_record_of_tenant_and_host_verifies_and_no_other_one"]),
    operator("platform_challenge_unbounded", &["challenged::an_answer_is_bounded"]),
    operator("operator_token_unread", &["refused::without_a_token_that_is_somebodys_every_path_is_one_answer"]),
    operator("operator_first_of_two", &["refused::without_a_token_that_is_somebodys_every_path_is_one_answer"]),
    operator("operator_path_before_token", &["refused::without_a_token_that_is_somebodys_every_path_is_one_answer"]),
    operator("operator_named_twice", &["operators::a_name_and_a_token_are_one_operators"]),
    operator("operator_listens_anywhere", &["operators::it_listens_where_nobody_else_is_unless_that_is_said"]),
    startup("start_lookups_unread", &["lookups::functions_other_than_the_models_are_named"]),
    startup("start_lookup_columns_unread", &["lookups::what_the_look_up_role_may_do_beyond_its_columns_is_named"]),
    // Who is asking: passwords.
    auth("attempts_address_cleared", &["attempts::success_frees_the_identity_and_not_its_address"]),
    auth("attempts_uncounted", &["attempts::what_begins_at_once_counts_at_once"]),
    auth("attempts_whole_address", &["attempts::an_address_is_counted_over_all_identities"]),
    accounts("password_full_unseen", &["logins::a_login_holds_no_connection_while_its_password_is_compared"]),
    auth("password_never_rehashed", &["passwords::a_hash_of_another_cost_is_made_anew_when_its_owner_logs_in"]),
    auth("password_queue_unbounded", &["passwords::no_more_are_in_work_than_were_allowed_and_no_more_wait_than_a_bound"]),
    auth("password_threads_equal", &["passwords::the_threads_of_hashes_step_back_and_end_with_them"]),
    auth("password_unknown_at_once", &["passwords::an_unknown_person_takes_as_long_as_a_known_one"]),
    auth("password_work_unbounded", &["passwords::work_that_nobody_waits_for_keeps_its_turn"]),
    // Who is asking: access tokens.
    auth("token_algorithm_of_header", &["forged::the_key_says_by_which_algorithm"]),
    auth("token_audience_unread", &["forged::a_token_is_for_this_audience"]),
    auth("token_brings_key", &["forged::a_token_brings_no_key"]),
    auth("token_critical_ignored", &["forged::an_extension_that_must_be_understood_is_not"]),
    auth("token_duplicates_last", &["forged::nothing_stands_in_a_token_twice"]),
    auth("token_early_accepted", &["forged::a_token_is_not_used_before_its_time"]),
    auth("token_expiry_unread", &["forged::a_token_expires_and_clocks_may_differ_by_a_little"]),
    auth("token_future_accepted", &["forged::a_token_was_not_made_in_the_future"]),
    auth("token_issuer_unread", &["forged::a_token_is_of_this_issuer"]),
    auth("token_lifetime_unread", &["forged::a_token_does_not_live_for_ever"]),
    auth("token_retired_accepted", &["rotation::a_retired_key_verifies_nothing"]),
    auth("token_signature_unread", &["forged::a_token_that_was_changed_is_refused"]),
    auth("token_type_unread", &["forged::another_type_of_token_is_refused"]),
    auth("token_unsigned", &["forged::what_is_not_signed_is_refused"]),
    // Who is asking: sets of keys.
    auth("jwks_fetched_always", &["outside::keys_are_fetched_once_however_many_ask_and_whatever_they_name"]),
    auth("jwks_never_stale", &["outside::keys_that_cannot_be_fetched_anew_are_believed_for_a_day"]),
    auth("jwks_private_accepted", &["outside::a_private_key_in_a_set_refuses_the_whole"]),
    auth("jwks_same_id_accepted", &["outside::a_name_stands_for_one_key_of_a_set"]),
    auth("jwks_secret_published", &["jwks::the_endpoint_tells_public_keys_and_no_secret"]),
    // Who is asking: API keys and refresh tokens.
    auth("key_expired_accepted", &["keys::a_key_expires"]),
    auth("key_of_any_tenant", &["keys::a_key_of_another_tenant_is_unknown"]),
    auth("key_revoked_accepted", &["keys::a_revoked_key_is_refused", "authenticate::a_revoked_key_ends_with_the_next_request"]),
    auth("key_secret_unread", &["keys::another_secret_is_as_good_as_no_key"]),
    auth("refresh_ended_accepted", &["refresh::a_token_is_good_once_and_another_time_ends_the_family"]),
    auth("refresh_never_expires", &["refresh::a_family_grows_old_and_is_ended"]),
    auth("refresh_reuse_accepted", &["refresh::at_most_one_token_of_a_family_is_good"]),
    auth("refresh_reuse_forgiven", &["refresh::a_token_is_good_once_and_another_time_ends_the_family"]),
    // Who is asking: the layer.
    auth("authenticate_claim_kept_back", &["authenticate::each_credential_says_who_it_is_and_leaves_the_claim"]),
    auth("authenticate_cookie_unguarded", &["authenticate::a_cookie_acts_from_its_own_origin_alone"]),
    auth("authenticate_first_of_two", &["authenticate::two_credentials_are_refused"]),
    auth("authenticate_origin_missing", &["authenticate::a_cookie_that_nothing_vouches_for_acts_not_at_all"]),
    auth("authenticate_same_site_trusted", &["authenticate::another_tenants_subdomain_is_another_origin"]),
    auth("authenticate_websocket_unguarded", &["authenticate::a_websocket_is_opened_from_its_own_origin_alone"]),
    // Who has an account where: logins.
    accounts("people_identities_by_any_login", &["identities::another_login_than_that_of_identities_is_refused"]),
    accounts(
        "people_inactive_accepted",
        &["logins::whoever_is_not_let_in_gets_one_answer", "refresh::who_is_inactive_is_kept_logged_in_no_longer"],
    ),
    accounts("people_succeeded_early", &["logins::an_attempt_has_succeeded_when_a_user_of_this_tenant_was_found"]),
    accounts("people_change_unseen", &["logins::a_login_that_begins_while_the_password_changes_ends_itself"]),
    accounts("people_rehash_blind", &["logins::a_hash_of_an_older_cost_is_made_anew_and_over_no_other_password"]),
    accounts("people_roles_of_inactive", &["logins::who_is_deactivated_may_nothing_and_who_comes_back_may_again"]),
    accounts("people_switch_by_key", &["switch::a_key_and_a_narrow_token_open_one_tenant"]),
    accounts("people_switch_to_suspended", &["switch::a_tenant_of_nobody_one_that_is_not_served_and_one_of_others_are_one_answer"]),
    accounts("people_refresh_of_any_tenant", &["refresh::a_token_is_good_in_its_own_tenant_alone"]),
    accounts("people_reuse_forgotten", &["refresh::a_token_that_comes_again_ends_its_login_and_no_other"]),
    accounts("people_rotation_unguarded", &["refresh::of_those_that_present_one_token_at_once_one_is_first_and_the_others_end_the_login"]),
    accounts("people_logout_unverified", &["refresh::a_logout_ends_the_login_of_its_token_and_a_made_up_one_ends_none"]),
    // Who has an account where: passwords.
    accounts("people_change_unverified", &["passwords::who_knows_the_old_password_chooses_another_and_all_logins_here_end"]),
    accounts(
        "people_logins_survive",
        &[
            "passwords::who_knows_the_old_password_chooses_another_and_all_logins_here_end",
            "passwords::who_has_forgotten_the_password_gets_a_token_that_is_good_once",
            "logins::who_is_deactivated_may_nothing_and_who_comes_back_may_again",
        ],
    ),
    accounts(
        "people_short_passwords",
        &[
            "passwords::who_knows_the_old_password_chooses_another_and_all_logins_here_end",
            "passwords::who_has_forgotten_the_password_gets_a_token_that_is_good_once",
            "invitations::a_new_person_chooses_a_password_and_is_a_user_with_the_role",
        ],
    ),
    accounts("people_reset_twice", &["passwords::who_has_forgotten_the_password_gets_a_token_that_is_good_once"]),
    accounts("people_reset_never_expires", &["passwords::a_token_expires_and_another_one_takes_its_place"]),
    accounts("people_reset_of_any_tenant", &["passwords::a_token_is_good_in_the_tenant_that_it_names_alone"]),
    accounts("people_reset_of_strangers", &["passwords::nobody_learns_whose_address_it_is_and_no_stranger_gets_a_mail"]),
    // Who has an account where: invitations, roles and keys.
    accounts("people_accept_unverified", &["invitations::a_person_who_has_a_password_types_it"]),
    accounts("people_invitation_never_expires", &["invitations::an_invitation_expires"]),
    accounts("people_invitation_of_any_tenant", &["invitations::an_invitation_is_its_tenants_and_its_secrets"]),
    accounts("people_invitation_secret_unread", &["invitations::an_invitation_is_its_tenants_and_its_secrets"]),
    accounts("people_invitation_twice", &["invitations::an_invitation_is_good_once"]),
    accounts(
        "people_role_ungiven",
        &["invitations::nobody_invites_to_more_than_they_have", "members::nobody_gives_takes_makes_or_deletes_what_they_have_not"],
    ),
    accounts("people_deactivates_oneself", &["members::nobody_deactivates_oneself_or_somebody_who_has_more"]),
    accounts("people_deactivates_stronger", &["members::nobody_deactivates_oneself_or_somebody_who_has_more"]),
    accounts("people_key_by_key", &["keys::nobody_lends_what_they_have_not"]),
    accounts("people_key_of_anybody", &["keys::a_key_is_its_owners_to_see_and_to_revoke"]),
    accounts("people_key_of_inactive", &["keys::a_key_of_an_inactive_owner_is_none"]),
    accounts("people_key_ungiven", &["keys::nobody_lends_what_they_have_not"]),
    accounts(
        "people_plan_unlimited",
        &["plans::a_plan_allows_so_many_users_and_no_more", "plans::a_plan_allows_so_many_keys_that_are_good"],
    ),
    accounts("people_counted_at_once", &["plans::of_two_that_take_the_last_place_one_gets_it"]),
    // What they may do.
    permissions("permission_any_role_frees", &["fields::a_role_beside_it_frees_the_field_only_where_it_covers_the_route"]),
    permissions("permission_after_body", &["order::a_refused_body_is_not_read"]),
    permissions("permission_by_prefix", &["callers::what_begins_alike_is_not_covered"]),
    permissions("permission_convention_only", &["callers::a_route_needs_what_its_model_says"]),
    permissions("permission_given_unheld", &["callers::nobody_gives_what_they_do_not_have"]),
    permissions("permission_of_nobody", &["matrix::every_route_answers_every_role_as_the_matrix_says"]),
    permissions("permission_readonly_taken", &["fields::a_read_only_field_is_refused_whatever_it_is_set_to"]),
    permissions("permission_scopes_unread", &["callers::scopes_narrow_what_roles_cover"]),
    permissions(
        "permission_unasked",
        &["matrix::every_route_answers_every_role_as_the_matrix_says", "order::what_is_refused_has_changed_nothing"],
    ),
    permissions("caller_of_any_tenant", &["stack::a_user_of_one_tenant_is_nobody_in_another"]),
    permissions("caller_unscoped", &["stack::scopes_narrow_what_a_role_covers"]),
    permissions("permission_unmounted", &["mounted::a_route_beside_the_others_gets_no_tenant"]),
    // How a person gets in.
    login("login_by_key", &["account::an_api_key_is_no_person"]),
    login("login_cached", &["login::a_login_is_answered_with_a_session"]),
    login("login_client_of_anybody", &["addresses::a_stranger_does_not_choose_its_address"]),
    login("login_cookie_shown", &["browser::the_tokens_of_a_browser_are_in_cookies_and_nowhere_else"]),
    login("login_cookie_unguarded", &["browser::a_foreign_page_sets_no_cookie"]),
    login("login_dead_cookie_kept", &["browser::a_browser_refreshes_by_its_cookie_once"]),
    login("login_first_of_two", &["browser::a_cookie_that_is_not_there_once_refreshes_nothing"]),
    login("login_mail_folder_open", &["mail::a_folder_that_others_may_write_to_is_refused"]),
    login("login_mail_readable", &["mail::a_mail_is_a_file_that_its_owner_alone_reads"]),
    login("login_mail_shown", &["mail::no_mailer_refuses_and_no_debug_shows_a_token"]),
    login("login_mail_unquoted", &["mail::what_cannot_stand_in_a_header_is_not_sent"]),
    login("login_of_any_tenant", &["matrix::where_nobody_checks_a_person_is_still_of_its_tenant"]),
    login("login_own_unscoped", &["account::a_narrow_token_has_not_all_that_is_its_users_own"]),
    login("login_public_tenant", &["matrix::a_public_route_gets_no_tenant"]),
    login("login_query_read", &["hostile::nothing_stands_in_a_query"]),
    login("login_realm_unsaid", &["matrix::a_public_route_is_open_and_every_other_is_not"]),
    login("login_refresh_lax", &["browser::the_tokens_of_a_browser_are_in_cookies_and_nowhere_else"]),
    login("login_switch_shown", &["browser::a_session_in_cookies_goes_on_in_cookies"]),
    // What is secret.
    http(
        "secret_in_json",
        &["secrets::what_is_written_is_there_for_rules_and_in_no_answer", "secrets::lists_and_their_cursors_have_nothing_of_it"],
    ),
    // By the proof's own attacks on the routes of people.
    attacked("people_invitation_of_any_tenant"),
    attacked("people_refresh_of_any_tenant"),
    attacked("people_reset_of_any_tenant"),
    attacked("people_reset_of_strangers"),
    attacked("resolve_ranked"),
    Arm { name: "secret_in_json", suite: "isolation", tests: &["secrets::no_secret_leaves"] },
    http("secret_in_debug", &["secrets::debug_output_shows_no_secret", "secrets::no_line_of_the_log_has_it"]),
    // The check of statements: what may be a statement at all.
    sqlcheck("is_invisible", LEXICAL),
    sqlcheck("name", LEXICAL),
    sqlcheck("new_control", LEXICAL),
    sqlcheck("runs_on", LEXICAL),
    sqlcheck("semicolon", LEXICAL),
    sqlcheck("string", LEXICAL),
    sqlcheck("word_into", LEXICAL),
    sqlcheck("word_unicode", LEXICAL),
    // The check of statements: which relation is bound.
    sqlcheck("assigned", BOUND),
    sqlcheck("bare", BOUND),
    sqlcheck("bind_alternatives", BOUND),
    sqlcheck("bind_negation", BOUND),
    sqlcheck("called", BOUND),
    sqlcheck("can_drop", BOUND),
    sqlcheck("catalog", BOUND),
    sqlcheck("construct", BOUND),
    sqlcheck("derived_sees_siblings", BOUND),
    sqlcheck("droppable_full", BOUND),
    sqlcheck("droppable_left", BOUND),
    sqlcheck("droppable_right", BOUND),
    sqlcheck("find_first_of_two", BOUND),
    sqlcheck("find_outermost", BOUND),
    sqlcheck("given", BOUND),
    sqlcheck("gives_first_row", BOUND),
    sqlcheck("gives_left_arm", BOUND),
    sqlcheck("having", BOUND),
    sqlcheck("insert_columns", BOUND),
    sqlcheck("insert_tenant", BOUND),
    sqlcheck("is_column", CALLED),
    sqlcheck("is_conflict_fenced", BOUND),
    sqlcheck("is_equality", BOUND),
    sqlcheck("is_listed", BOUND),
    sqlcheck("is_postgresqls", CALLED),
    sqlcheck("is_shared", BOUND),
    sqlcheck("is_tenant", BOUND),
    sqlcheck("is_tenant_column", BOUND),
    sqlcheck("is_transparent_cast", BOUND),
    sqlcheck("join_alias", BOUND),
    sqlcheck("long_name", BOUND),
    sqlcheck("natural", BOUND),
    sqlcheck("on", BOUND),
    sqlcheck("only", BOUND),
    sqlcheck("qualified", BOUND),
    sqlcheck("renamed", BOUND),
    sqlcheck("same", BOUND),
    sqlcheck("sample", BOUND),
    sqlcheck("selected", BOUND),
    sqlcheck("system", BOUND),
    sqlcheck("target", BOUND),
    sqlcheck("tokens_agree", BOUND),
    sqlcheck("unqualified_among_several", BOUND),
    sqlcheck("unqualified_in_a_sub_select", BOUND),
    sqlcheck("using_kept_side", BOUND),
    sqlcheck("using_other_columns", BOUND),
    sqlcheck("with", BOUND),
    // What is logged.
    Arm { name: "log_row", suite: "isolation", tests: &[super::PROOF] },
    http("http_id_told", &["isolation::a_foreign_row_a_missing_row_and_no_id_are_the_same_404"]),
];

/// A kind of faults of the proof, by the name that `TENANTRY_PROOF_FAULTS` knows, and weakenings on which it is red.
#[derive(Debug)]
pub(super) struct FaultArms {
    pub(super) fault: &'static str,
    /// Most of them are of [`ARMS`], too; one that is not is noticed by the faults alone.
    pub(super) names: &'static [&'static str],
}

/// Every kind of faults: that one is noticed shows that the fault falls where it hurts and that somebody looks.
pub(super) const FAULT_ARMS: &[FaultArms] = &[
    FaultArms { fault: "conflicts", names: &["retry_never", "isolation_ignored"] },
    FaultArms { fault: "pooler", names: &["pooler_persistent", "session_set"] },
    FaultArms { fault: "panic", names: &["commit_each"] },
    FaultArms { fault: "swallowed", names: &["no_poison", "commit_poisoned", "refusal_forgiven", "success_heals", "savepoint_heals"] },
    // Not `savepoint_uncounted`: whether a future is dropped between the two ends of a savepoint is a matter of time here, and of no chance in its
    // own test above.
    FaultArms { fault: "savepoints", names: &["savepoint_kept", "savepoint_unread"] },
    FaultArms { fault: "timeout", names: &["commit_each"] },
    FaultArms { fault: "killed", names: &["commit_each"] },
    FaultArms { fault: "exhausted", names: &["acquire_unbounded"] },
    FaultArms { fault: "dropped", names: &["begin_unguarded"] },
    FaultArms { fault: "cut", names: &["begin_once", "retry_unknown"] },
];
