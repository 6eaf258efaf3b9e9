//! `cargo xtask`: the commands, for this application.

use std::process::ExitCode;

use tenantry_app::demo;
use tenantry_xtask::{App, Demo, Load};

fn main() -> ExitCode {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let app = App::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS, root, tenantry_app::router);
    let tenants = [("acme", "Acme Trading"), ("globex", "Globex Foods"), ("newcomer", "Newcomer Ltd")];
    let (data, roles) = ("tests/data/northwind", tenantry_app::roles);
    let demo = Demo { data, tenants, table: "customers", roles, load: |load| Box::pin(northwind(load)) };
    tenantry_xtask::main(app.demo(demo))
}

async fn northwind(load: Load) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let Load { base, headers, data, half, progress } = load;
    let loaded = demo::load(demo::Load { base: &base, headers: &headers, data: &data, half, progress: &progress }).await?;
    Ok(loaded.to_string())
}
