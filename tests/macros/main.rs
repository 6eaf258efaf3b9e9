//! What a person sees of the macros: right input that compiles and works, and the compiler's messages for wrong input.

#[path = "ui-pass/mod.rs"]
mod ui_pass;

use std::fs;
use std::path::Path;
use std::process::Command;

/// Says to the test's own process that it is the one in which trybuild runs.
const INSIDE: &str = "TENANTRY_UI_INSIDE";

/// The messages, each beside its file. `TRYBUILD=overwrite` writes them anew; `rust-toolchain.toml` pins the compiler, whose wording they
/// hold. Right input is not among these cases: it would make trybuild build every dependency instead of only checking it.
#[test]
fn ui() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "ui", "--nocapture"]).env(INSIDE, "1");
    // Build scripts watch what cargo has told this process about its package. They would all run again, here and in the next build after it.
    let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| told(&name.to_string_lossy())) {
        test.env_remove(name);
    }
    // What the cases need lies ready there.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder for temporary files lies in it");
    // None at all, over those that trybuild names: with flags of their own, cargo would check every dependency anew that clippy has checked.
    test.env("CARGO_ENCODED_RUSTFLAGS", "").env("CARGO_BUILD_BUILD_DIR", target);
    assert!(test.status().expect("it runs").success(), "see above");
}

fn inside() {
    // A manifest is relative to the crate that calls for it, and that is one of trybuild's own.
    let crates = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild").join(env!("CARGO_PKG_NAME"));
    fs::create_dir_all(&crates).expect("a folder");
    fs::copy("ui/sql/models.toml", crates.join("ui-sql.toml")).expect("a manifest");
    // The workspace's profile, which what lies ready was checked in.
    let workspace = fs::read_to_string("../../Cargo.toml").expect("the workspace's manifest");
    let profile = workspace.find("[profile.dev]").expect("a profile");
    fs::create_dir_all(crates.join(".cargo"))
        .and_then(|()| fs::write(crates.join(".cargo/config.toml"), &workspace[profile..]))
        .expect("a profile");
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
