//! A text that is not one statement of rows.

use tenantry::{Id, tenant_model};

tenantry::manifest!("ui-sql.toml");

#[tenant_model(table = "notes")]
pub struct Note {
    pub id: Id<Note>,
}

fn main() {
    let _: &str = sql!("truncate app.notes");
    let _: &str = sql!("select id from app.notes where tenant_id = $1;");
    let _: &str = sql!("select set_config('app.tenant_id', $1::text, false)");
    let _: &str = sql!(r#"select id from app.notes where tenant_id = $1 and title = "open"#);
}
