//! Renderer and check hold each other honest: every statement that is generated passes the check that hand-written ones have to pass, and
//! fails it when its predicate is taken away.

use tenantry_app::CONVENTIONS;
use tenantry_sqlcheck::{Conventions, Rule, check};

use super::cases;

const CHECKED: Conventions<'static> = Conventions {
    tenant_column: CONVENTIONS.tenant_column,
    shared: CONVENTIONS.shared,
    functions: CONVENTIONS.functions,
    ..Conventions::DEFAULT
};

#[test]
fn every_statement_passes_the_check() {
    let refused: Vec<String> =
        cases().iter().filter_map(|case| Some(format!("{case}\n{}", check(&case.text, &CHECKED).err()?.explain(&case.text)))).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

#[test]
fn no_statement_passes_without_its_tenant() {
    for case in cases() {
        let text = case.text.replace("tenant_id = $1", "$1::uuid is not null").replace(" values ($1, ", " values (gen_random_uuid(), ");
        let refusals = check(&text, &CHECKED).expect_err(&text);
        let expected = if text.starts_with("insert ") { Rule::InsertValue } else { Rule::Unbound };
        assert!(refusals.iter().all(|refusal| refusal.rule() == expected), "{text}\n{refusals}");
    }
}
