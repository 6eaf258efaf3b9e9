//! What a person sees of the macros: right input that compiles and works, and the compiler's messages for wrong input.

#[path = "ui-pass/mod.rs"]
mod ui_pass;

/// The messages, each beside its file. `TRYBUILD=overwrite` writes them anew; `rust-toolchain.toml` pins the compiler, whose wording they
/// hold. Right input is not among these cases: it would make trybuild build every dependency instead of only checking it.
#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
