//! Deliberate weakenings, for the proof that the tests would notice them.
//!
//! They exist only in builds with `--cfg tenantry_mutants`, where `TENANTRY_MUTANT` names the one that is switched on. In every other build
//! [`mutant!`] is the constant `false`.

/// Whether the named weakening is switched on.
#[cfg(not(tenantry_mutants))]
macro_rules! mutant {
    ($name:literal) => {
        false
    };
}

/// Whether the named weakening is switched on.
#[cfg(tenantry_mutants)]
macro_rules! mutant {
    ($name:literal) => {
        $crate::mutants::active($name)
    };
}

pub(crate) use mutant;

#[cfg(tenantry_mutants)]
pub(crate) fn active(name: &str) -> bool {
    std::env::var("TENANTRY_MUTANT").is_ok_and(|active| active.split(',').any(|part| part == name))
}
