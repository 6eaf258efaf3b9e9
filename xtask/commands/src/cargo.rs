//! Cargo, as the commands call it.

use std::env;
use std::process::{Command, Stdio};

/// Cargo in that folder, without input, and without what another cargo has told this process about its package: build scripts of
/// dependencies watch those names, and would all run again.
pub(crate) fn cargo(root: &str) -> Command {
    let mut cargo = cargo_here();
    cargo.current_dir(root).stdin(Stdio::null());
    cargo
}

/// Cargo in the folder of whoever called the command, with the same input.
pub(crate) fn cargo_here() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")) {
        cargo.env_remove(name);
    }
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_LINKS", "CARGO_MANIFEST_PATH"] {
        cargo.env_remove(name);
    }
    cargo
}
