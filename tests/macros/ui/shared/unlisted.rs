//! A model says that it is shared, and the manifest does not.

use tenantry::{Id, tenant_model};

tenantry::manifest!("ui-sql.toml");

#[tenant_model(table = "notes", shared)]
pub struct Note {
    pub id: Id<Note>,
}

fn main() {}
