//! A row on its way: read by position, bound in the same order, shown and written as JSON.

use tenantry::schema::{Arg, Cells, NewRow, Patch, ReadError, Source};
use tenantry::{Field, Id, ModelEnum, Money, Record, Stamps, tenant_model};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
enum Status {
    Active,
    OnHold,
}

#[tenant_model(table = "customers")]
struct Customer {
    id: Id<Customer>,
    name: String,
    credit: Option<Money>,
    #[model(flatten)]
    stamps: Stamps,
    status: Status,
    note: Option<String>,
}

const TENANT: Uuid = Uuid::from_u128(1);
const KEY: Uuid = Uuid::from_u128(2);

/// What the server would send, without a server.
struct Sent(Vec<Option<Vec<u8>>>);

impl Source for Sent {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        self.0.get(index).map(Option::as_deref).ok_or(ReadError::Missing)
    }
}

fn sent() -> Sent {
    let instant = 0_i64.to_be_bytes().to_vec();
    Sent(vec![
        Some(TENANT.as_bytes().to_vec()),
        Some(KEY.as_bytes().to_vec()),
        Some(b"Ada".to_vec()),
        Some(1999_i64.to_be_bytes().to_vec()),
        Some(b"EUR".to_vec()),
        Some(7_i64.to_be_bytes().to_vec()),
        Some(instant.clone()),
        Some(instant),
        Some(b"on_hold".to_vec()),
        None,
    ])
}

fn row(sent: &Sent) -> Result<Customer, ReadError> {
    Customer::read(&mut Cells::new(sent))
}

#[test]
fn is_read_by_position_tenant_first() {
    let row = row(&sent()).expect("a row");
    assert_eq!((row.tenant_id.get().uuid(), Record::id(&row).uuid()), (TENANT, KEY));
    assert_eq!((row.name.as_str(), row.credit.map(Money::amount), row.stamps.version), ("Ada", Some(1999), 7));
    assert_eq!((row.status, row.note), (Status::OnHold, None));
}

#[test]
fn is_refused_when_a_cell_is_wrong() {
    let with = |index: usize, cell: Option<&[u8]>| {
        let mut sent = sent();
        sent.0[index] = cell.map(<[u8]>::to_vec);
        row(&sent).map(|row| row.name)
    };
    assert_eq!(with(0, None), Err(ReadError::Null));
    assert_eq!(with(1, Some(b"short")), Err(ReadError::Form("uuid")));
    assert_eq!(with(2, None), Err(ReadError::Null));
    assert_eq!(with(2, Some(b"\xff")), Err(ReadError::Form("text")));
    assert_eq!(with(8, Some(b"gone")), Err(ReadError::Range("enum")));
    let mut few = sent();
    few.0.pop();
    assert_eq!(row(&few).map(|row| row.name), Err(ReadError::Missing));
}

#[test]
fn is_json_in_the_order_of_the_fields_without_the_tenant() {
    let json = serde_json::to_string(&row(&sent()).expect("a row")).expect("JSON");
    let expected = format!(
        r#"{{"id":"{KEY}","name":"Ada","credit":{{"amount":1999,"currency":"EUR"}},"version":7,"created_at":"2000-01-01T00:00:00Z","updated_at":"2000-01-01T00:00:00Z","status":"on_hold","note":null}}"#
    );
    assert_eq!(json, expected);
}

#[test]
fn is_shown_as_a_derive_would() {
    let shown = format!("{:?}", row(&sent()).expect("a row"));
    assert!(shown.starts_with(&format!("Customer {{ id: {KEY}, name: \"Ada\", credit: Some(Money")), "{shown}");
    assert!(shown.ends_with(&format!("status: OnHold, note: None, tenant_id: TenantId({TENANT}) }}")), "{shown}");
}

#[test]
fn is_bound_in_the_order_of_the_definition() {
    let new = NewCustomer { name: "Ada".to_owned(), credit: None, status: Status::Active, note: Some("x".to_owned()) };
    let mut args = Vec::new();
    new.bind(&mut args);
    let text = |text: &str| Arg::Text(Some(text.to_owned()));
    assert_eq!(args, [text("Ada"), Arg::I64(None), Arg::Text(None), text("active"), text("x")]);
}

#[test]
fn is_read_back_in_the_same_order() {
    let amount = 1999_i64.to_be_bytes().to_vec();
    let sent = Sent(vec![Some(b"Ada".to_vec()), Some(amount), Some(b"EUR".to_vec()), Some(b"on_hold".to_vec()), None]);
    let new = NewCustomer::read(&mut Cells::new(&sent)).expect("the columns of a new row");
    let shown = (new.name.as_str(), new.credit.map(Money::amount), new.status, new.note);
    assert_eq!(shown, ("Ada", Some(1999), Status::OnHold, None));
    assert!(NewCustomer::read(&mut Cells::new(&Sent(Vec::new()))).is_err());
}

#[test]
fn is_changed_where_the_patch_says() {
    let patch = CustomerPatch { credit: Field::Set(None), note: Some("x".to_owned()).into(), ..CustomerPatch::default() };
    let note = Arg::Text(Some("x".to_owned()));
    assert_eq!(patch.changes(), [None, Some(vec![Arg::I64(None), Arg::Text(None)]), None, Some(vec![note])]);
    assert_eq!(CustomerPatch::default().changes(), [None, None, None, None]);
}
