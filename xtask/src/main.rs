//! `cargo xtask`: the commands, for this application.

use std::process::ExitCode;

use tenantry_xtask::App;

fn main() -> ExitCode {
    tenantry_xtask::main(App {
        models: tenantry_app::MODELS,
        conventions: tenantry_app::CONVENTIONS,
        root: concat!(env!("CARGO_MANIFEST_DIR"), "/.."),
    })
}
