//! Every column type, and `Option` of each.

use tenantry::{Date, Id, Model, ModelEnum, Money, Stamps, Timestamp, tenant_model};

#[derive(Clone, Copy, Debug, ModelEnum)]
enum Status {
    Active,
    OnHold,
}

/// Every type.
#[tenant_model(table = "every")]
pub(crate) struct Every {
    id: Id<Every>,
    reference: Id<Every>,
    text: String,
    flag: bool,
    small: i32,
    big: i64,
    money: Money,
    date: Date,
    timestamp: Timestamp,
    uuid: uuid::Uuid,
    status: Status,
    #[model(flatten)]
    stamps: Stamps,
    maybe_reference: Option<Id<Every>>,
    maybe_text: Option<String>,
    maybe_flag: Option<bool>,
    maybe_small: Option<i32>,
    maybe_big: Option<i64>,
    maybe_money: Option<Money>,
    maybe_date: Option<Date>,
    maybe_timestamp: Option<Timestamp>,
    maybe_uuid: Option<uuid::Uuid>,
    maybe_status: Option<Status>,
}

#[test]
fn the_definition_follows_the_types() {
    let names: Vec<_> = Every::DEF.columns.iter().map(|column| column.name).collect();
    assert_eq!(names.len(), 11 + 3 + 10);
    assert_eq!(&names[10..15], ["status", "version", "created_at", "updated_at", "maybe_reference"]);
    assert!(Every::DEF.columns.iter().all(|column| column.nullable == column.name.starts_with("maybe_")));
}
