//! The proof on the reference application. The environment chooses how much of it:
//!
//! | variable | meaning |
//! |---|---|
//! | `TENANTRY_PROOF_CASES` | how many cases, 64 by default |
//! | `TENANTRY_PROOF_SEED` | the first seed; a new one by default |
//! | `TENANTRY_PROOF_SEEDS` | how many seeds, one after the other; 1 by default |
//! | `TENANTRY_PROOF_SURFACES` | such as `http,repository`; all by default |
//! | `TENANTRY_PROOF_OPEN` | a table to switch row security off on first |

use std::str::FromStr;

use tenantry_testkit::Proof;
use tenantry_testkit::proof::Surface;
use tenantry_tests::{root, server};

/// The value of a variable; a value that cannot be read is a failure, not the default.
fn variable<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} cannot be read: {text}")))
}

fn proof() -> Proof {
    let mut proof = Proof::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS, tenantry_app::router).migrations(root().join("migrations"));
    proof = proof.cases(variable("TENANTRY_PROOF_CASES").unwrap_or(64));
    if let Some(names) = variable::<String>("TENANTRY_PROOF_SURFACES") {
        let named = |name: &str| Surface::ALL.into_iter().find(|surface| surface.to_string() == name).expect("a surface");
        proof = proof.surfaces(&names.split(',').map(named).collect::<Vec<_>>());
    }
    if let Some(table) = variable::<String>("TENANTRY_PROOF_OPEN") {
        proof = proof.without_row_security_on(&table);
    }
    proof
}

#[test]
fn no_tenant_reaches_another() {
    let first: Option<u64> = variable("TENANTRY_PROOF_SEED");
    let mut red = 0;
    for number in 0..variable("TENANTRY_PROOF_SEEDS").unwrap_or(1) {
        let proof = match first {
            Some(seed) => proof().seed(seed + number),
            None => proof(),
        };
        match proof.run_on(server()) {
            Ok(report) => println!("{report}"),
            Err(failure) => {
                println!("{failure}");
                red += 1;
            }
        }
    }
    assert_eq!(red, 0, "seeds that were red; run it again with TENANTRY_PROOF_SEED to repeat one");
}
