//! What a person sees of the macros: right input that compiles and works, and the compiler's messages for wrong input.

#[path = "ui-pass/mod.rs"]
mod ui_pass;

use std::fs;
use std::path::Path;
use std::process::Command;

/// Says to the test's own process that it is the one in which trybuild runs.
const INSIDE: &str = "TENANTRY_UI_INSIDE";

/// As trybuild sets them, but the same from its first step to its last: it adds the width for the cases alone, so that cargo would check every
/// dependency twice. They win over the ones that it names.
const FLAGS: [&str; 6] = ["--cfg", "trybuild", "--verbose", "-A", "dead_code", "--diagnostic-width=140"];

/// The messages, each beside its file. `TRYBUILD=overwrite` writes them anew; `rust-toolchain.toml` pins the compiler, whose wording they
/// hold. Right input is not among these cases: it would make trybuild build every dependency instead of only checking it.
#[test]
fn ui() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "ui", "--nocapture"]).env(INSIDE, "1");
    // What macros and build scripts need is built without those flags, as for the workspace, where it lies ready.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder for temporary files lies in it");
    test.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}")).env("CARGO_BUILD_BUILD_DIR", target);
    assert!(test.status().expect("it runs").success(), "see above");
}

fn inside() {
    // A manifest is relative to the crate that calls for it, and that is one of trybuild's own.
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild").join(env!("CARGO_PKG_NAME"));
    fs::create_dir_all(&crates).expect("a folder");
    fs::copy("ui/sql/models.toml", crates.join("ui-sql.toml")).expect("a manifest");
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
