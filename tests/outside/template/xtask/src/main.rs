//! `cargo xtask`: the commands, for this application.

use std::process::ExitCode;

fn main() -> ExitCode {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    tenantry_xtask::main(tenantry_xtask::App::new(clinic::MODELS, clinic::CONVENTIONS, root, clinic::router))
}
