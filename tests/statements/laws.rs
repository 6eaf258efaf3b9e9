//! What holds for every text.

use std::collections::BTreeSet;

use super::cases;

/// The numbers of the parameters: `$1`, `$2`, …
pub(crate) fn parameters(text: &str) -> BTreeSet<usize> {
    let numbers = text.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    numbers.map(|number| number.parse().expect("a dollar begins a parameter")).collect()
}

/// Whether the statement's only relation is bound to the tenant of the transaction, which is `$1`.
fn is_bound(text: &str) -> bool {
    if text.starts_with("insert ") {
        return text.contains("(tenant_id, ") && text.contains(" values ($1, ");
    }
    let conditions = text.split(" where ").nth(1).unwrap_or_default();
    let first = conditions.split(" and ").next().and_then(|first| first.split(" order by ").next());
    first == Some("tenant_id = $1") && or_is_within_parentheses(conditions)
}

/// An `or` at the top would step beside the predicate.
fn or_is_within_parentheses(text: &str) -> bool {
    let (mut depth, mut within) = (0_usize, true);
    for word in text.split(' ') {
        within &= word != "or" || depth > 0;
        depth += word.matches('(').count();
        depth -= word.matches(')').count();
    }
    within
}

#[test]
fn every_statement_is_bound_to_the_tenant() {
    for case in cases() {
        assert!(is_bound(&case.text), "{case}");
    }
}

#[test]
fn the_law_of_the_tenant_refuses_what_is_not_bound() {
    for text in [
        "select id from app.categories where id = $2",
        "select id from app.categories where tenant_id = $2 and id = $1",
        "select id from app.categories where $1::uuid is not null and id = $2",
        "select id from app.categories where tenant_id = $1 and id = $2 or id = $3",
        "update app.categories set tenant_id = $1 where id = $2",
        "delete from app.categories",
        "insert into app.categories (id, tenant_id) values ($1, $2)",
    ] {
        assert!(!is_bound(text), "{text}");
    }
}

#[test]
fn parameters_are_numbered_without_a_gap() {
    for case in cases() {
        let numbers = parameters(&case.text);
        assert!(numbers.iter().copied().eq(1..=numbers.len()), "{case}");
    }
}

#[test]
fn every_statement_is_one_of_rows_and_names_nothing_that_leaves_the_tenant() {
    for case in cases() {
        assert!(tenantry_sqlcheck::statement(&case.text).is_ok(), "{case}");
    }
}

#[test]
fn no_update_sets_key_or_tenant() {
    for case in cases().into_iter().filter(|case| case.text.starts_with("update ")) {
        let assignments = case.text.split(" where ").next().and_then(|text| text.split_once(" set ")).expect("an update sets").1;
        let names: Vec<&str> = assignments.split(", ").filter_map(|assignment| assignment.split(' ').next()).collect();
        assert!(!names.is_empty() && !names.contains(&"tenant_id") && !names.contains(&"id"), "{case}");
    }
}
