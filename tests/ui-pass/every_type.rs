//! Every column type, and `Option` of each.

use tenantry::{Date, Id, Model, ModelEnum, Money, Stamps, Timestamp, tenant_model};

#[derive(Clone, Copy, Debug, ModelEnum)]
pub enum Status {
    Active,
    OnHold,
}

/// Every type.
#[tenant_model(table = "every")]
pub struct Every {
    pub id: Id<Every>,
    pub reference: Id<Every>,
    pub text: String,
    pub flag: bool,
    pub small: i32,
    pub big: i64,
    pub money: Money,
    pub date: Date,
    pub timestamp: Timestamp,
    pub uuid: uuid::Uuid,
    pub status: Status,
    #[model(flatten)]
    pub stamps: Stamps,
    pub maybe_reference: Option<Id<Every>>,
    pub maybe_text: Option<String>,
    pub maybe_flag: Option<bool>,
    pub maybe_small: Option<i32>,
    pub maybe_big: Option<i64>,
    pub maybe_money: Option<Money>,
    pub maybe_date: Option<Date>,
    pub maybe_timestamp: Option<Timestamp>,
    pub maybe_uuid: Option<uuid::Uuid>,
    pub maybe_status: Option<Status>,
}

#[test]
fn the_definition_follows_the_types() {
    let names: Vec<_> = Every::DEF.columns.iter().map(|column| column.name).collect();
    assert_eq!(names.len(), 11 + 3 + 10);
    assert_eq!(&names[10..15], ["status", "version", "created_at", "updated_at", "maybe_reference"]);
    assert!(Every::DEF.columns.iter().all(|column| column.nullable == column.name.starts_with("maybe_")));
}
