tenantry::manifest!("no-such-models.toml");
tenantry::manifest!();

fn main() {}
