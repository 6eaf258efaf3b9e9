//! An ordinary build has no weakening in it.

#[test]
fn a_build_has_weakenings_only_when_it_is_asked_for_them() {
    let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    // Put together here, so that this test does not find itself.
    let variable = ["TENANTRY", "MUTANT"].join("_");
    let found = binary.windows(variable.len()).any(|window| window == variable.as_bytes());
    assert_eq!(found, cfg!(tenantry_mutants), "what `mutant!` reads at run time is in the binary: {found}");
}
