//! What is secret is on the row, and in nothing that is shown or written.

use tenantry::schema::{Arg, Cells, NewRow, Patch, ReadError, Source};
use tenantry::{Field, Id, Model, Money, Record, tenant_model};
use uuid::Uuid;

#[tenant_model(table = "accounts")]
#[derive(Clone)]
struct Account {
    id: Id<Account>,
    name: String,
    /// Only its hash is kept.
    #[model(secret, index, max_len = 97)]
    password: String,
    #[model(secret, readonly)]
    r#offer: Option<Money>,
    note: Option<String>,
}

/// What the server would send, without a server.
struct Sent;

impl Source for Sent {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        const KEY: &[u8] = Uuid::from_u128(2).as_bytes();
        let cells = [Some(KEY), Some(KEY), Some(b"Ada"), Some(b"canary"), Some(&[0, 0, 0, 0, 0, 0, 0, 9]), Some(b"XTS"), None];
        cells.get(index).copied().ok_or(ReadError::Missing)
    }
}

fn row() -> Account {
    Account::read(&mut Cells::new(&Sent)).expect("a row")
}

#[test]
fn the_definition_says_so() {
    let secrets = Account::DEF.columns.iter().filter(|column| column.secret).map(|column| column.name);
    assert_eq!(secrets.collect::<Vec<_>>(), ["password", "offer"]);
    let password = Account::DEF.column("password").expect("a column");
    assert_eq!((password.doc, password.max_len, password.index), ("Only its hash is kept.", Some(97), true));
}

#[test]
fn rules_read_it_off_the_row() {
    let row = row();
    assert_eq!((row.password.as_str(), row.offer.map(Money::amount)), ("canary", Some(9)));
}

#[test]
fn it_is_in_no_json() {
    let id = Uuid::from_u128(2);
    assert_eq!(serde_json::to_string(&row()).expect("JSON"), format!(r#"{{"id":"{id}","name":"Ada","note":null}}"#));
}

#[test]
fn it_is_in_no_debug_output() {
    let Account { name, password, offer, note, .. } = row();
    let shown = format!("{:?}", row());
    assert!(shown.contains(r#"name: "Ada", password: "…", offer: "…", note: None, tenant_id: "#), "{shown}");
    let new = NewAccount { name, password: password.clone(), offer, note };
    assert_eq!(format!("{new:?}"), r#"NewAccount { name: "Ada", password: "…", offer: "…", note: None }"#);
    let patch = AccountPatch { password: password.into(), ..AccountPatch::default() };
    assert_eq!(format!("{patch:?}"), r#"AccountPatch { name: Keep, password: Set("…"), offer: Keep, note: Keep }"#);
    let patch = AccountPatch { offer: Field::Set(None), ..AccountPatch::default() };
    assert_eq!(format!("{patch:#?}").matches('…').count(), 1, "a null is hidden, too");
}

#[test]
fn it_is_written_like_any_other() {
    let Account { name, password, offer, note, .. } = row();
    let mut args = Vec::new();
    NewAccount { name, password, offer, note }.bind(&mut args);
    let text = |text: &str| Arg::Text(Some(text.to_owned()));
    assert_eq!(args, [text("Ada"), text("canary"), Arg::I64(Some(9)), text("XTS"), Arg::Text(None)]);
    let patch = AccountPatch { password: "other".to_owned().into(), ..AccountPatch::default() };
    assert_eq!(patch.changes(), [None, Some(vec![text("other")]), None, None]);
}
