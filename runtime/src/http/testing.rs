//! A model with every kind of column, as the attribute would write it, for the tests of this floor.

use proptest::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

use crate::schema::{
    Base, ColumnDef, Currency, Date, Kind, Literal, ModelDef, ModelRef, Money, OnDelete, ReadError, Scope, Source, Stamps, Timestamp,
    Unique, Verbs,
};

fn def() -> &'static ModelDef {
    &THING
}

const THING_ID: Kind = Kind::Id(ModelRef { name: "Thing", table: "things", scope: Scope::Tenant, def });
const WORDS: &[&str] = &["open", "closed"];

const fn new(name: &'static str, kind: Kind, nullable: bool) -> ColumnDef {
    ColumnDef { filter: true, ..ColumnDef::new(name, kind, nullable) }
}

pub(super) static THING: ModelDef = ModelDef {
    name: "Thing",
    table: "things",
    scope: Scope::Tenant,
    doc: "A thing.",
    columns: &[
        ColumnDef::new("id", THING_ID, false),
        ColumnDef { max_len: Some(5), unique: true, sort: true, ..new("code", Kind::Text, false) },
        new("note", Kind::Text, true),
        ColumnDef { default: Some(Literal::Bool(true)), ..new("active", Kind::Bool, false) },
        ColumnDef { default: Some(Literal::Int(7)), sort: true, ..new("count", Kind::I32, false) },
        ColumnDef { sort: true, ..new("total", Kind::I64, true) },
        ColumnDef::new("price", Kind::Money, true),
        ColumnDef { sort: true, ..new("day", Kind::Date, true) },
        ColumnDef { sort: true, ..new("at", Kind::Timestamp, true) },
        new("token", Kind::Uuid, true),
        ColumnDef { default: Some(Literal::Str("open")), ..new("status", Kind::Enum(WORDS), false) },
        ColumnDef { on_delete: OnDelete::SetNull, ..new("parent", THING_ID, true) },
        ColumnDef { readonly: true, ..ColumnDef::new("balance", Kind::I64, true) },
        ColumnDef::new("hidden", Kind::Text, true),
        ColumnDef { secret: true, ..ColumnDef::new("password", Kind::Text, true) },
        ColumnDef { secret: true, ..ColumnDef::new("offer", Kind::Money, true) },
        Stamps::COLUMNS[0],
        Stamps::COLUMNS[1],
        Stamps::COLUMNS[2],
    ],
    uniques: &[Unique { columns: &["status", "day"] }],
    indexes: &[],
    routes: Verbs::ALL,
    permissions: &[],
};

/// A row of it. The fields are the columns; its JSON leaves out those that are secret.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    id: Uuid,
    code: String,
    note: Option<String>,
    active: bool,
    count: i32,
    total: Option<i64>,
    price: Option<Money>,
    day: Option<Date>,
    at: Option<Timestamp>,
    token: Option<Uuid>,
    status: &'static str,
    parent: Option<Uuid>,
    balance: Option<i64>,
    hidden: Option<String>,
    password: Option<String>,
    offer: Option<Money>,
    stamps: Stamps,
}

impl Thing {
    pub(super) fn example() -> Self {
        let at = Timestamp::from_pg_micros(0).unwrap();
        Self {
            id: Uuid::nil(),
            code: "a".to_owned(),
            note: None,
            active: true,
            count: 0,
            total: None,
            price: None,
            day: None,
            at: None,
            token: None,
            status: "open",
            parent: None,
            balance: None,
            hidden: None,
            password: None,
            offer: None,
            stamps: Stamps { version: 1, created_at: at, updated_at: at },
        }
    }
}

impl Serialize for Thing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("note", &self.note)?;
        map.serialize_entry("active", &self.active)?;
        map.serialize_entry("count", &self.count)?;
        map.serialize_entry("total", &self.total)?;
        map.serialize_entry("price", &self.price)?;
        map.serialize_entry("day", &self.day)?;
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("token", &self.token)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("parent", &self.parent)?;
        map.serialize_entry("balance", &self.balance)?;
        map.serialize_entry("hidden", &self.hidden)?;
        map.serialize_entry("version", &self.stamps.version)?;
        map.serialize_entry("created_at", &self.stamps.created_at)?;
        map.serialize_entry("updated_at", &self.stamps.updated_at)?;
        map.end()
    }
}

prop_compose! {
    fn money()(amount in -Money::MAX..=Money::MAX, code in "[A-Z]{3}") -> Money {
        Money::new(amount, code.parse::<Currency>().unwrap()).unwrap()
    }
}

/// Year 0000 to 9999.
pub(super) fn date() -> impl Strategy<Value = Date> {
    (-730_485_i32..=2_921_939).prop_map(|days| Date::from_pg_days(days).unwrap())
}

/// Year 0000 to 9999, with more weight on whole seconds and milliseconds, whose texts are shorter.
pub(super) fn timestamp() -> impl Strategy<Value = Timestamp> {
    let seconds = -63_113_904_000_i64..=252_455_615_999;
    let micros = prop_oneof![Just(0_i64), (0..1_000_i64).prop_map(|millis| millis * 1_000), 0..1_000_000_i64];
    (seconds, micros).prop_map(|(seconds, micros)| Timestamp::from_pg_micros(seconds * 1_000_000 + micros).unwrap())
}

fn id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn maybe<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(strategy)
}

prop_compose! {
    pub(super) fn thing()(
        (id, code, note, active, count, total) in (id(), any::<String>(), maybe(any::<String>()), any::<bool>(), any::<i32>(), maybe(any::<i64>())),
        (price, day, at, token) in (maybe(money()), maybe(date()), maybe(timestamp()), maybe(id())),
        (status, parent, balance, hidden) in (prop::sample::select(WORDS), maybe(id()), maybe(any::<i64>()), maybe(any::<String>())),
        (password, offer) in (maybe(any::<String>()), maybe(money())),
        (version, created_at, updated_at) in (any::<i64>(), timestamp(), timestamp()),
    ) -> Thing {
        let stamps = Stamps { version, created_at, updated_at };
        Thing { id, code, note, active, count, total, price, day, at, token, status, parent, balance, hidden, password, offer, stamps }
    }
}

/// A row as the server sends it: the tenant first.
#[derive(Debug)]
pub(super) struct Row(Vec<Option<Vec<u8>>>);

impl Row {
    pub(super) fn from_cells(cells: Vec<Option<Vec<u8>>>) -> Self {
        Self(cells)
    }

    pub(super) fn into_cells(self) -> Vec<Option<Vec<u8>>> {
        self.0
    }

    pub(super) fn of(thing: &Thing) -> Self {
        let mut cells = vec![Some(Uuid::from_u128(1).into_bytes().to_vec())];
        let uuid = |id: Uuid| Some(id.into_bytes().to_vec());
        let text = |text: &String| Some(text.clone().into_bytes());
        cells.push(uuid(thing.id));
        cells.push(text(&thing.code));
        cells.push(thing.note.as_ref().and_then(text));
        cells.push(Some(vec![u8::from(thing.active)]));
        cells.push(Some(thing.count.to_be_bytes().to_vec()));
        cells.push(thing.total.map(|total| total.to_be_bytes().to_vec()));
        cells.push(thing.price.map(|price| price.amount().to_be_bytes().to_vec()));
        cells.push(thing.price.map(|price| price.currency().code().as_bytes().to_vec()));
        cells.push(thing.day.map(|day| day.pg_days().to_be_bytes().to_vec()));
        cells.push(thing.at.map(|at| at.pg_micros().to_be_bytes().to_vec()));
        cells.push(thing.token.and_then(uuid));
        cells.push(Some(thing.status.as_bytes().to_vec()));
        cells.push(thing.parent.and_then(uuid));
        cells.push(thing.balance.map(|balance| balance.to_be_bytes().to_vec()));
        cells.push(thing.hidden.as_ref().and_then(text));
        cells.push(thing.password.as_ref().and_then(text));
        cells.push(thing.offer.map(|offer| offer.amount().to_be_bytes().to_vec()));
        cells.push(thing.offer.map(|offer| offer.currency().code().as_bytes().to_vec()));
        cells.push(Some(thing.stamps.version.to_be_bytes().to_vec()));
        cells.push(Some(thing.stamps.created_at.pg_micros().to_be_bytes().to_vec()));
        cells.push(Some(thing.stamps.updated_at.pg_micros().to_be_bytes().to_vec()));
        Self(cells)
    }
}

impl Source for Row {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        self.0.get(index).map(Option::as_deref).ok_or(ReadError::Missing)
    }
}
