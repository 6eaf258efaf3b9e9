//! What is no literal of text.

use tenantry::{Id, tenant_model};

tenantry::manifest!("ui-sql.toml");

#[tenant_model(table = "notes")]
pub struct Note {
    pub id: Id<Note>,
}

const TEXT: &str = "select 1 where $1::uuid is not null";

fn main() {
    let _: &str = sql!();
    let _: &str = sql!(TEXT);
    let _: &str = sql!(concat!("select 1 ", "where $1::uuid is not null"));
    let _: &str = sql!("select 1 where $1::uuid is not null", 7);
    let _: &str = sql!("select 1 " "where $1::uuid is not null");
    let _: &str = sql!(b"select 1 where $1::uuid is not null");
    let _: &str = sql!(c"select 1 where $1::uuid is not null");
    let _: &str = sql!(1);
}
