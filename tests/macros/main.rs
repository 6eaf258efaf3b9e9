//! What a person sees of the macros: right input that compiles and works, and the compiler's messages for wrong input.

#[path = "ui-pass/mod.rs"]
mod ui_pass;

use std::fs;
use std::path::Path;

/// The messages, each beside its file. `TRYBUILD=overwrite` writes them anew; `rust-toolchain.toml` pins the compiler, whose wording they
/// hold. Right input is not among these cases: it would make trybuild build every dependency instead of only checking it.
#[test]
fn ui() {
    // A manifest is relative to the crate that calls for it, and that is one of trybuild's own.
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild").join(env!("CARGO_PKG_NAME"));
    fs::create_dir_all(&crates).expect("a folder");
    fs::copy("ui/sql/models.toml", crates.join("ui-sql.toml")).expect("a manifest");
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
