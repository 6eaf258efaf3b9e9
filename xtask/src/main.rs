//! `cargo xtask`: the commands, for this application.

use std::process::ExitCode;

use tenantry_app::demo;
use tenantry_xtask::{App, Demo, Load};

fn main() -> ExitCode {
    tenantry_xtask::main(App {
        models: tenantry_app::MODELS,
        conventions: tenantry_app::CONVENTIONS,
        root: concat!(env!("CARGO_MANIFEST_DIR"), "/.."),
        router: tenantry_app::router,
        demo: Demo { data: "tests/data/northwind", load: |load| Box::pin(northwind(load)) },
    })
}

async fn northwind(load: Load) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let Load { base, tenant, data, half, progress } = load;
    let loaded = demo::load(demo::Load { base: &base, tenant, data: &data, half, progress: &progress }).await?;
    Ok(loaded.to_string())
}
