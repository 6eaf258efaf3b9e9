//! The proof, on the models of this application.

use tenantry_testkit::Proof;

#[test]
fn no_clinic_reaches_another() {
    Proof::new(clinic::MODELS, clinic::router).conventions(clinic::CONVENTIONS).migrations("migrations").cases(32).run();
}
