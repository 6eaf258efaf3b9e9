//! The faults on the reference application. `TENANTRY_PROOF_SEED` repeats what was drawn.

use tenantry_testkit::Proof;
use tenantry_tests::{root, server};

#[test]
fn whatever_happens_to_a_request_the_next_one_starts_clean() {
    let mut proof =
        Proof::new(tenantry_app::MODELS, tenantry_app::router).conventions(tenantry_app::CONVENTIONS).migrations(root().join("migrations"));
    if let Ok(seed) = std::env::var("TENANTRY_PROOF_SEED") {
        proof = proof.seed(seed.parse().expect("TENANTRY_PROOF_SEED is a number"));
    }
    let report = proof.faults_on(server()).unwrap();
    println!("{report}");
    assert!(report.pooler(), "PgBouncer is not installed: `apt-get install pgbouncer`");
    // What the faults are about must have happened: an end that nobody was told of, and one that undid everything.
    let sum = |count: fn(&tenantry_testkit::proof::FaultCount) -> u64| report.faults().iter().map(count).sum::<u64>();
    assert!(sum(|count| count.whole) > 0 && sum(|count| count.absent) > 0 && sum(|count| count.acknowledged) > 0, "{report}");
    serde_json::to_string(&report).expect("a report is JSON");
}
