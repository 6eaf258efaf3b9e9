//! Cursors: where a page ended, in a form that only this service can make.
//!
//! A cursor holds the values of the sort columns and the key of the last row of a page. It is authenticated with HMAC-SHA-256 over them,
//! the tenant, the table and the shape of the list (filters with their values, sorts), so that a cursor is good for the list that gave it
//! and for nothing else. It is not encrypted: what it holds are values of the caller's own row.

use std::fmt;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::Problem;
use crate::mutants::mutant;
use crate::repo::{Filter, ListQuery};
use crate::schema::{Arg, ColumnDef, Date, Kind, ModelDef, TenantId, Timestamp};
use crate::sql::Op;

/// The first byte of a cursor. It changes with the encoding, so that an old cursor is refused and not misread.
const VERSION: u8 = 1;
/// The length of the code that authenticates a cursor, in bytes.
const MAC_LEN: usize = 32;
/// What the key is derived with, so that the same secret may serve other purposes.
const LABEL: &[u8] = b"tenantry cursor 1";

/// The key that authenticates cursors, derived from the secret of the service.
///
/// ```
/// use tenantry::http::CursorKey;
///
/// let key = CursorKey::from_secret(b"a secret of thirty-two bytes, or more")?;
/// assert_eq!(format!("{key:?}"), "CursorKey(..)");
/// assert!(CursorKey::from_secret(b"short").is_err());
/// # Ok::<(), tenantry::http::SecretError>(())
/// ```
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

/// Why there is no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Shorter than the code that it makes, so that guessing it would be easier than guessing the code.
    #[error("the secret must have at least {} bytes", CursorKey::MIN_SECRET)]
    Short,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
}

impl CursorKey {
    /// The shortest secret, in bytes.
    pub const MIN_SECRET: usize = 32;

    /// The key of that secret (`TENANTRY_SECRET`). Instances with the same secret read each other's cursors.
    ///
    /// # Errors
    /// When the secret is shorter than [`CursorKey::MIN_SECRET`].
    pub fn from_secret(secret: &[u8]) -> Result<Self, SecretError> {
        if secret.len() < Self::MIN_SECRET {
            return Err(SecretError::Short);
        }
        let mut derived = keyed(secret)?;
        derived.update(LABEL);
        keyed(&derived.finalize().into_bytes()).map(Self)
    }

    /// A key that ends with the process, for a demo or a test.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, SecretError> {
        let mut secret = [0; Self::MIN_SECRET];
        getrandom::fill(&mut secret).map_err(|_| SecretError::Random)?;
        Self::from_secret(&secret)
    }

    /// The cursor behind the row with these values: those of the sorts in their order, then the key.
    #[must_use]
    pub fn seal(&self, tenant: TenantId, def: &ModelDef, query: &ListQuery, values: &[Arg]) -> String {
        let mut payload = vec![];
        values.iter().for_each(|value| encode(&mut payload, value));
        let code = self.code(tenant, def, query, &payload).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([&[VERSION][..], code.as_slice(), payload.as_slice()].concat())
    }

    /// The values that a cursor of this tenant's list holds.
    ///
    /// # Errors
    /// One problem (400) for everything: a changed cursor, another tenant's, another list's. Nothing tells which.
    pub fn open(&self, tenant: TenantId, def: &ModelDef, query: &ListQuery, cursor: &str) -> Result<Vec<Arg>, Problem> {
        self.opened(tenant, def, query, cursor).ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "cursor", "The cursor is not one of this list")
                .with_detail("`after` must be the `next` of a page with the same filters and sorts")
        })
    }

    fn opened(&self, tenant: TenantId, def: &ModelDef, query: &ListQuery, cursor: &str) -> Option<Vec<Arg>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (code, payload) = rest.split_at_checked(MAC_LEN)?;
        // In constant time. The version is part of what is authenticated.
        let authentic = self.code(tenant, def, query, payload).verify_slice(code).is_ok() || mutant!("http_cursor_unverified");
        if !authentic || *version != VERSION {
            return None;
        }
        let mut input = payload;
        let sorts = query.sorts.iter().map(|sort| sort.column);
        let values = sorts.chain(def.columns.first()).map(|column| decode(&mut input, column)).collect::<Option<Vec<_>>>()?;
        input.is_empty().then_some(values)
    }

    /// Authenticates everything that a cursor is bound to. Each part has its length before it, so that no two lists give the same bytes.
    fn code(&self, tenant: TenantId, def: &ModelDef, query: &ListQuery, payload: &[u8]) -> Hmac<Sha256> {
        let mut shape = vec![VERSION];
        if !mutant!("http_cursor_tenant") {
            part(&mut shape, tenant.uuid().as_bytes());
        }
        part(&mut shape, def.table.as_bytes());
        // All filters hold, so their order means nothing.
        let mut filters: Vec<&Filter> = query.filters.iter().collect();
        filters.sort_by_key(|filter| (filter.column.name, number(filter.op)));
        count(&mut shape, filters.len());
        for filter in filters {
            part(&mut shape, filter.column.name.as_bytes());
            shape.push(number(filter.op));
            count(&mut shape, usize::from(filter.arg.is_some()));
            filter.arg.iter().for_each(|arg| encode(&mut shape, arg));
        }
        count(&mut shape, query.sorts.len());
        for sort in &query.sorts {
            part(&mut shape, sort.column.name.as_bytes());
            shape.push(u8::from(sort.descending));
        }
        part(&mut shape, payload);
        let mut code = self.0.clone();
        code.update(&shape);
        code
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

/// HMAC takes a key of any length, so this does not fail.
fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, SecretError> {
    Hmac::new_from_slice(key).map_err(|_| SecretError::Short)
}

/// The number of an operator in a cursor. It stays what it is while the version does.
const fn number(op: Op) -> u8 {
    match op {
        Op::Eq => 1,
        Op::Prefix => 2,
        Op::Gt => 3,
        Op::Gte => 4,
        Op::Lt => 5,
        Op::Lte => 6,
        Op::IsNull => 7,
        Op::IsNotNull => 8,
    }
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// A value: a byte for its type, a byte that tells null, and the bytes of PostgreSQL's form; a text has its length before it.
fn encode(out: &mut Vec<u8>, arg: &Arg) {
    match arg {
        Arg::Uuid(value) => put(out, 1, value.map(Uuid::into_bytes)),
        Arg::Text(value) => put(out, 2, value.as_ref().map(|text| [&length(text), text.as_bytes()].concat())),
        Arg::Bool(value) => put(out, 3, value.map(|value| [u8::from(value)])),
        Arg::I32(value) => put(out, 4, value.map(i32::to_be_bytes)),
        Arg::I64(value) => put(out, 5, value.map(i64::to_be_bytes)),
        Arg::Date(value) => put(out, 6, value.map(|date| date.pg_days().to_be_bytes())),
        Arg::Timestamp(value) => put(out, 7, value.map(|instant| instant.pg_micros().to_be_bytes())),
    }
}

fn put(out: &mut Vec<u8>, kind: u8, value: Option<impl AsRef<[u8]>>) {
    out.extend_from_slice(&[kind, u8::from(value.is_some())]);
    if let Some(value) = value {
        out.extend_from_slice(value.as_ref());
    }
}

fn length(text: &str) -> [u8; 4] {
    u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes()
}

fn decode(input: &mut &[u8], column: &ColumnDef) -> Option<Arg> {
    let (kind, there) = (take::<1>(input)?, take::<1>(input)? == [1]);
    // A null is the value where it is not there, so each arm below reads none then.
    macro_rules! value {
        ($value:expr) => {
            if there { Some($value) } else { None }
        };
    }
    match (kind, column.kind) {
        ([1], Kind::Id(_) | Kind::Uuid) => Some(Arg::Uuid(value!(Uuid::from_bytes(take(input)?)))),
        ([2], Kind::Text | Kind::Enum(_)) => Some(Arg::Text(value!(text(input)?))),
        ([3], Kind::Bool) => Some(Arg::Bool(value!(take::<1>(input)? == [1]))),
        ([4], Kind::I32) => Some(Arg::I32(value!(i32::from_be_bytes(take(input)?)))),
        ([5], Kind::I64) => Some(Arg::I64(value!(i64::from_be_bytes(take(input)?)))),
        ([6], Kind::Date) => Some(Arg::Date(value!(Date::from_pg_days(i32::from_be_bytes(take(input)?)).ok()?))),
        ([7], Kind::Timestamp) => Some(Arg::Timestamp(value!(Timestamp::from_pg_micros(i64::from_be_bytes(take(input)?)).ok()?))),
        _ => None,
    }
}

fn text(input: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(u32::from_be_bytes(take(input)?)).ok()?;
    let (text, rest) = input.split_at_checked(length)?;
    *input = rest;
    String::from_utf8(text.to_vec()).ok()
}

fn take<const N: usize>(input: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(*bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::query::parse;
    use crate::http::testing::{THING, date, timestamp};

    const SORTED: &str = "sort=-code,count,total,day,at&note=x";

    fn key() -> CursorKey {
        CursorKey::from_secret(&[7; 32]).unwrap()
    }

    fn tenant(number: u128) -> TenantId {
        Uuid::from_u128(number).into()
    }

    fn list(raw: &str) -> ListQuery {
        parse(&THING, Some(raw)).unwrap().query
    }

    prop_compose! {
        /// The values of the sorts of `SORTED`, and a key.
        fn values()(
            code in any::<String>(), count in any::<i32>(), total in prop::option::of(any::<i64>()),
            day in prop::option::of(date()), at in prop::option::of(timestamp()), id in any::<u128>(),
        ) -> Vec<Arg> {
            let id = Arg::Uuid(Some(Uuid::from_u128(id)));
            vec![Arg::Text(Some(code)), Arg::I32(Some(count)), Arg::I64(total), Arg::Date(day), Arg::Timestamp(at), id]
        }
    }

    proptest! {
        #[test]
        fn a_cursor_gives_back_its_values(values in values()) {
            let cursor = key().seal(tenant(1), &THING, &list(SORTED), &values);
            prop_assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
            prop_assert_eq!(key().open(tenant(1), &THING, &list(SORTED), &cursor), Ok(values));
        }

        #[test]
        fn any_text_is_refused(text in "\\PC{0,80}") {
            prop_assert!(key().open(tenant(1), &THING, &list(SORTED), &text).is_err());
        }

        #[test]
        fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let text = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert!(key().open(tenant(1), &THING, &list(SORTED), &text).is_err());
        }
    }

    fn example() -> String {
        let values = [Arg::Text(Some("ä".to_owned())), Arg::Uuid(Some(Uuid::from_u128(5)))];
        key().seal(tenant(1), &THING, &list("sort=code&note=x&count[gt]=5"), &values)
    }

    fn open(tenant_number: u128, raw: &str, cursor: &str) -> Result<Vec<Arg>, Problem> {
        key().open(tenant(tenant_number), &THING, &list(raw), cursor)
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        let cursor = example();
        assert!(open(1, "sort=code&note=x&count[gt]=5", &cursor).is_ok());
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(open(1, "sort=code&note=x&count[gt]=5", &URL_SAFE_NO_PAD.encode(changed)).is_err(), "byte {at}, bit {bit}");
            }
        }
        for at in 0..cursor.len() {
            for other in "AB9_-=".chars().filter(|other| !cursor[at..].starts_with(*other)) {
                let changed = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
                assert!(open(1, "sort=code&note=x&count[gt]=5", &changed).is_err(), "character {at}");
            }
            assert!(open(1, "sort=code&note=x&count[gt]=5", &cursor[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_tenants_another_tables_and_another_lists_are_the_same_refusal() {
        let cursor = example();
        let other_table = ModelDef { table: "others", ..THING };
        let query = list("sort=code&note=x&count[gt]=5");
        let refusal = open(2, "sort=code&note=x&count[gt]=5", &cursor).unwrap_err();
        assert_eq!(refusal.status(), 400);
        assert_eq!(key().open(tenant(1), &other_table, &query, &cursor), Err(refusal.clone()));
        assert_eq!(CursorKey::random().unwrap().open(tenant(1), &THING, &query, &cursor), Err(refusal.clone()));
        for raw in [
            "",
            "sort=code",
            "sort=code&note=x",
            "sort=code&note=y&count[gt]=5",
            "sort=code&note=x&count[gte]=5",
            "sort=code&note=x&count[gt]=6",
            "sort=code&note[prefix]=x&count[gt]=5",
            "sort=-code&note=x&count[gt]=5",
            "sort=code,count&note=x&count[gt]=5",
            "note=x&count[gt]=5",
        ] {
            assert_eq!(open(1, raw, &cursor), Err(refusal.clone()), "{raw}");
        }
        assert_eq!(open(1, "sort=code&note=x&count[gt]=5", ""), Err(refusal));
    }

    #[test]
    fn the_order_of_the_filters_means_nothing() {
        assert!(open(1, "count[gt]=5&note=x&sort=code", &example()).is_ok());
    }

    #[test]
    fn the_limit_may_change_from_page_to_page() {
        assert!(open(1, "sort=code&note=x&count[gt]=5&limit=3", &example()).is_ok());
    }

    #[test]
    fn the_encoding_is_pinned() {
        // A cursor that a client holds must be read after an update of the service, unless the version says otherwise.
        assert_eq!(example(), "ATZ9-2JI8sc9Df6ZK1CV8KzIa3uZLITWoDexM2sXcCJUAgEAAAACw6QBAQAAAAAAAAAAAAAAAAAAAAU");
    }
}
