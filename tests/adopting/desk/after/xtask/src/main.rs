//! `cargo xtask`: the commands, for the help desk.

use std::process::ExitCode;

fn main() -> ExitCode {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    tenantry_xtask::main(tenantry_xtask::App::new(desk_model::MODELS, desk_model::CONVENTIONS, root, desk_model::router))
}
