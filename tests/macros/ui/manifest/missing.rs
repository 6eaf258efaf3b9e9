//! Faults of the file that the macro is pointed at. Code that uses the constants has no errors of its own.

mod missing {
    tenantry::manifest!("no-such-models.toml");
}

mod no_path {
    tenantry::manifest!();
}

mod two_paths {
    tenantry::manifest!("a.toml", "b.toml");
}

mod folder {
    tenantry::manifest!(".");
}

fn main() {
    let _ = (missing::MODELS, missing::CONVENTIONS, no_path::MODELS);
}
