//! The mutants of the reference application: weakenings of its database and of its roles, each of which must be noticed.

use tenantry_testkit::Proof;
use tenantry_testkit::proof::{Mutant, MutantKind, Mutants, MutantsError, MutantsReport, Notice};
use tenantry_tests::{root, server};

fn mutants() -> Mutants {
    Proof::new(tenantry_app::MODELS, tenantry_app::router)
        .conventions(tenantry_app::CONVENTIONS)
        .migrations(root().join("migrations"))
        .mutants()
}

fn ran(mutants: Mutants) -> MutantsReport {
    mutants.try_run_on(server()).unwrap_or_else(|error| panic!("{error:#?}"))
}

/// `cargo xtask prove --mutants` runs them as a part of the proof; here is also shown that none is left out, and how most are noticed.
#[test]
fn every_weakening_of_schema_and_roles_is_noticed() {
    let report = ran(mutants());
    println!("{report}");
    assert_eq!(report.survivors().count(), 0, "the survivors stand in the report above");
    assert!(report.unfit.is_empty(), "the reference application has a place for every weakening: {:?}", report.unfit);
    let behaviour = report.noticed_by(Notice::Behaviour);
    let least = if report.open.is_empty() { 100 } else { 80 };
    assert!(behaviour >= least, "of {} only {behaviour} are noticed by what roles can do", report.mutants.len());
}

/// Mutants, and all that notice them.
const CATCHERS: [(&str, &[&str]); 5] = [
    ("reference_dropped", &["references"]),
    ("reference_over_a_dangling_row", &["integrity", "linter"]),
    ("invoker_trigger_in_a_cascade", &["changes", "linter"]),
    ("sequence", &["sequences", "linter"]),
    ("publication", &["linter"]),
];

#[test]
fn without_its_catchers_a_mutant_survives() {
    let names = CATCHERS.map(|(name, _)| name);
    let report = ran(mutants().only(&names));
    for (name, catchers) in CATCHERS {
        let caught = &report.mutant(name).expect("it was run").caught;
        assert_eq!(caught.iter().map(|caught| caught.detector.as_str()).collect::<Vec<_>>(), catchers, "{name}");
    }
    let catchers: Vec<&str> = CATCHERS.iter().flat_map(|(_, catchers)| *catchers).copied().collect();
    let report = ran(mutants().only(&names).without(&catchers));
    let survivors: Vec<&str> = report.survivors().map(|mutant| mutant.name.as_str()).collect();
    assert_eq!(survivors.len(), names.len(), "{survivors:?}");
    assert!(
        report.to_string().ends_with("mutants: 5 weakenings, 5 NOT noticed (0 by behaviour, 0 at start-up, 0 by the linter)"),
        "{report}"
    );
}

/// Runs a mutant of the test's own alone; what kept it from being judged.
fn fault(sql: &str, verify: &str) -> MutantsError {
    let mutant = Mutant::new("own", "a test's own", sql, verify);
    mutants().and(mutant).only(&["own"]).try_run_on(server()).expect_err("it is no weakening")
}

#[test]
fn a_mutant_that_changes_nothing_is_an_error() {
    let error = fault("alter table app.no_such_table disable row level security", "select '1'").to_string();
    assert_eq!(error, "mutant own cannot be applied: `alter table app.no_such_table disable row level security` fails");
    let verify = "select relrowsecurity::text from pg_class where oid = 'app.customers'::regclass";
    let error = fault("alter table app.customers enable row level security", verify).to_string();
    assert_eq!(error, format!("mutant own has changed nothing: `{verify}` still gives true"));
}

#[test]
fn a_misspelt_name_is_an_error() {
    let error = mutants().only(&["row_security_disabeld"]).try_run_on(server()).expect_err("there is no such mutant").to_string();
    assert!(error.starts_with("there is no mutant `row_security_disabeld`; there are row_security_disabled, "), "{error}");
    let error = mutants().without(&["lint"]).try_run_on(server()).expect_err("there is no such detector").to_string();
    assert!(error.starts_with("there is no detector `lint`; there are reads, "), "{error}");
    let nothing = mutants().only(&["superuser"]).kinds(&[MutantKind::Schema]).try_run_on(server());
    assert_eq!(
        nothing.expect_err("it is one of a role").to_string(),
        "no mutant is left to be run: name some of the kinds that are chosen"
    );
}
