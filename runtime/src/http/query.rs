//! The query string of a list: `?name=…&name[prefix]=…&total[gte]=…&note[null]=true&sort=-name,code&limit=50&after=<cursor>`.
//!
//! Only columns that the model opens for it can be filtered or sorted by, and every name is looked up in the definition: nothing of the
//! text reaches SQL. Each parameter stands at most once; all errors are reported at once, each with its parameter.

use std::borrow::Cow;

use super::scalar::{self, Refusal};
use super::{FieldError, FieldErrors, Place, Problem};
use crate::repo::{Filter, ListQuery, MAX_LIMIT, Sort};
use crate::schema::{Arg, ColumnDef, Kind, ModelDef};
use crate::sql::Op;

/// The longest query string, in bytes.
const MAX_BYTES: usize = 8 * 1024;
/// The most filters of a list.
const MAX_FILTERS: usize = 16;
/// The most columns that a list is sorted by.
const MAX_SORTS: usize = 8;
/// The longest parameter that an error repeats, in characters.
const MAX_ECHO: usize = 64;

/// A query string that was read: the list, and the text of the cursor, which [`CursorKey::open`](super::CursorKey::open) makes into
/// [`ListQuery::after`].
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The list, without the place where it begins.
    pub query: ListQuery,
    /// The cursor.
    pub after: Option<String>,
}

/// Reads the query string of a list.
///
/// # Errors
/// A problem (400) with an error for each parameter that is not one, or is not well formed.
pub fn parse(def: &'static ModelDef, raw: Option<&str>) -> Result<Parsed, Problem> {
    let raw = raw.unwrap_or_default();
    if raw.len() > MAX_BYTES {
        return Err(Problem::invalid_query(FieldErrors::new()).with_detail(format!("the query string is longer than {MAX_BYTES} bytes")));
    }
    let mut reader = Reader::new(def);
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match decode(name) {
            Err(refusal) => reader.refuse(&name.chars().take(MAX_ECHO).collect::<String>(), refusal),
            Ok(name) => {
                if let Err(refusal) = decode(value).and_then(|value| reader.parameter(&name, &value)) {
                    reader.refuse(&name.chars().take(MAX_ECHO).collect::<String>(), refusal);
                }
            }
        }
    }
    reader.finish()
}

struct Reader {
    def: &'static ModelDef,
    seen: Vec<String>,
    query: ListQuery,
    after: Option<String>,
    errors: FieldErrors,
}

impl Reader {
    fn new(def: &'static ModelDef) -> Self {
        Self { def, seen: Vec::new(), query: ListQuery::default(), after: None, errors: FieldErrors::new() }
    }

    fn refuse(&mut self, name: &str, refusal: Refusal) {
        self.errors.push(FieldError::new(Place::Parameter(name.to_owned()), refusal.code, refusal.detail));
    }

    fn parameter(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        if self.seen.iter().any(|seen| seen == name) {
            return Err(Refusal::new("duplicate", "is given more than once"));
        }
        match name {
            "sort" => self.sort(value)?,
            "limit" => self.limit(value)?,
            "after" if value.is_empty() => return Err(Refusal::new("cursor", "must be the `next` of a page")),
            "after" => self.after = Some(value.to_owned()),
            _ => self.filter(name, value)?,
        }
        // Only what the list takes is remembered, which is little: a query of thousands of made-up names costs no look-up among them.
        self.seen.push(name.to_owned());
        Ok(())
    }

    fn limit(&mut self, value: &str) -> Result<(), Refusal> {
        let limit = decimal(value).and_then(|value| u32::try_from(value).ok()).filter(|limit| (1..=MAX_LIMIT).contains(limit));
        self.query.limit = limit.ok_or_else(|| Refusal::new("range", format!("must be an integer within 1 and {MAX_LIMIT}")))?;
        Ok(())
    }

    fn sort(&mut self, value: &str) -> Result<(), Refusal> {
        for key in value.split(',') {
            let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
            let open = self.def.column(name).filter(|column| column.sort);
            let column = open.ok_or_else(|| {
                let names: Vec<&str> = self.def.columns.iter().filter(|column| column.sort).map(|column| column.name).collect();
                Refusal::new("sort", format!("must name columns that the list can be sorted by: {}", listed(&names)))
            })?;
            if self.query.sorts.iter().any(|sort| sort.column.name == column.name) {
                return Err(Refusal::new("duplicate", format!("names `{}` more than once", column.name)));
            }
            if self.query.sorts.len() == MAX_SORTS {
                return Err(Refusal::new("sort", format!("must name at most {MAX_SORTS} columns")));
            }
            self.query.sorts.push(Sort { column, descending });
        }
        Ok(())
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let (column, operator) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            Some((column, operator)) => (column, Some(operator)),
            None => (name, None),
        };
        let open = self.def.column(column).filter(|column| column.filter);
        let column = open.ok_or_else(|| Refusal::new("unknown", "is not a parameter of this list"))?;
        if self.query.filters.len() == MAX_FILTERS {
            return Err(Refusal::new("filters", format!("is one filter too many: at most {MAX_FILTERS} are allowed")));
        }
        self.query.filters.push(filter(column, operator, value)?);
        Ok(())
    }

    fn finish(self) -> Result<Parsed, Problem> {
        if !self.errors.is_empty() {
            return Err(Problem::invalid_query(self.errors));
        }
        Ok(Parsed { query: self.query, after: self.after })
    }
}

fn filter(column: &'static ColumnDef, operator: Option<&str>, value: &str) -> Result<Filter, Refusal> {
    let known: Vec<Op> = Op::of(column).into_iter().filter(|op| word(*op) == operator).collect();
    let op = match (known.as_slice(), value) {
        ([], _) => return Err(Refusal::new("operator", expected(column))),
        ([op], _) => *op,
        (_, "true") => Op::IsNull,
        (_, "false") => Op::IsNotNull,
        _ => return Err(Refusal::kind("true or false")),
    };
    let arg = if op.takes_argument() { Some(argument(column, value)?) } else { None };
    Ok(Filter { column, op, arg })
}

/// The words that may stand in brackets behind the column: `name[prefix]`.
#[must_use]
pub fn operators(column: &ColumnDef) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Op::of(column).into_iter().filter_map(word).collect();
    words.dedup();
    words
}

/// The word of an operator; none for the one that is meant without brackets. Null is one word with true or false for its value.
const fn word(op: Op) -> Option<&'static str> {
    match op {
        Op::Eq => None,
        Op::Prefix => Some("prefix"),
        Op::Gt => Some("gt"),
        Op::Gte => Some("gte"),
        Op::Lt => Some("lt"),
        Op::Lte => Some("lte"),
        Op::IsNull | Op::IsNotNull => Some("null"),
    }
}

fn expected(column: &ColumnDef) -> Cow<'static, str> {
    match operators(column).as_slice() {
        [] => "takes no operator".into(),
        known => format!("takes the operators {}", known.join(", ")).into(),
    }
}

/// The value that a column is compared with. A text may be longer than the column's: it just finds nothing.
fn argument(column: &ColumnDef, value: &str) -> Result<Arg, Refusal> {
    match column.kind {
        Kind::Bool => match value {
            "true" => Ok(Arg::Bool(Some(true))),
            "false" => Ok(Arg::Bool(Some(false))),
            _ => Err(Refusal::kind("true or false")),
        },
        Kind::I32 | Kind::I64 => {
            let value = decimal(value).ok_or_else(|| Refusal::kind("an integer"))?;
            scalar::integer(column.kind, value)
        }
        Kind::Text => scalar::text(&ColumnDef { max_len: None, ..*column }, value),
        _ => scalar::text(column, value),
    }
}

/// An integer without a plus sign or white space, which i64's own reader would take or which a `+` becomes.
fn decimal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "there are none".to_owned() } else { names.join(", ") }
}

/// Decodes `%41` and `+` strictly: the lenient decoders of browsers leave a bad escape as it stands, so that two texts mean the same.
fn decode(text: &str) -> Result<String, Refusal> {
    let malformed = || Refusal::new("encoding", "is not well percent-encoded UTF-8");
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = bytes.next().and_then(hex).zip(bytes.next().and_then(hex)).ok_or_else(malformed)?;
                high << 4 | low
            }
            other => other,
        });
    }
    String::from_utf8(decoded).map_err(|_| malformed())
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::testing::THING;

    fn read(raw: &str) -> Parsed {
        parse(&THING, Some(raw)).unwrap()
    }

    /// The errors as `parameter code`.
    fn errors(raw: &str) -> Vec<String> {
        let problem = parse(&THING, Some(raw)).expect_err(raw);
        assert_eq!(problem.status(), 400);
        let name = |error: &FieldError| match error.place() {
            Place::Parameter(name) => name.clone(),
            Place::Pointer(_) => panic!("a query string has no pointers"),
        };
        problem.errors().iter().map(|error| format!("{} {}", name(error), error.code())).collect()
    }

    fn filters(raw: &str) -> Vec<(&'static str, Op, Option<Arg>)> {
        read(raw).query.filters.into_iter().map(|filter| (filter.column.name, filter.op, filter.arg)).collect()
    }

    #[test]
    fn nothing_is_the_first_page_in_the_order_of_the_keys() {
        for raw in [None, Some(""), Some("&&")] {
            let Parsed { query, after } = parse(&THING, raw).unwrap();
            assert!(query.filters.is_empty() && query.sorts.is_empty() && query.after.is_none() && after.is_none());
            assert_eq!(query.limit, 50);
        }
    }

    #[test]
    fn every_operator_is_read() {
        let text = |text: &str| Some(Arg::Text(Some(text.to_owned())));
        assert_eq!(
            filters(
                "code=a%20b%2Bc+d&note%5Bprefix%5D=%C3%A4&count[gt]=-1&total[lte]=5&day[gte]=2026-11-24&note[null]=false&day[null]=true"
            ),
            [
                ("code", Op::Eq, text("a b+c d")),
                ("note", Op::Prefix, text("ä")),
                ("count", Op::Gt, Some(Arg::I32(Some(-1)))),
                ("total", Op::Lte, Some(Arg::I64(Some(5)))),
                ("day", Op::Gte, Some(Arg::Date(Some("2026-11-24".parse().unwrap())))),
                ("note", Op::IsNotNull, None),
                ("day", Op::IsNull, None),
            ]
        );
        assert_eq!(
            filters("active=true&status=closed&at[lt]=2026-11-24T08:15:30%2B01:00&token=00000000-0000-0000-0000-000000000000"),
            [
                ("active", Op::Eq, Some(Arg::Bool(Some(true)))),
                ("status", Op::Eq, text("closed")),
                ("at", Op::Lt, Some(Arg::Timestamp(Some("2026-11-24T07:15:30Z".parse().unwrap())))),
                ("token", Op::Eq, Some(Arg::Uuid(Some(uuid::Uuid::nil())))),
            ]
        );
    }

    #[test]
    fn sorts_limit_and_cursor_are_read() {
        let Parsed { query, after } = read("sort=-code,count&limit=200&after=abc");
        let sorts: Vec<_> = query.sorts.iter().map(|sort| (sort.column.name, sort.descending)).collect();
        assert_eq!((sorts, query.limit, after), (vec![("code", true), ("count", false)], 200, Some("abc".to_owned())));
    }

    #[test]
    fn what_the_list_does_not_take_is_refused() {
        for (raw, error) in [
            ("zzz=1", "zzz unknown"),
            ("id=1", "id unknown"),
            ("tenant_id=1", "tenant_id unknown"),
            ("price=1", "price unknown"),
            ("hidden=1", "hidden unknown"),
            ("password=1", "password unknown"),
            ("password[prefix]=1", "password[prefix] unknown"),
            ("password[null]=true", "password[null] unknown"),
            ("sort=password", "sort sort"),
            ("code[]=1", "code[] operator"),
            ("code[in]=1", "code[in] operator"),
            ("code[gt]=1", "code[gt] operator"),
            ("code[null]=true", "code[null] operator"),
            ("count[prefix]=1", "count[prefix] operator"),
            ("active[gt]=true", "active[gt] operator"),
            ("note[null]=yes", "note[null] type"),
            ("[prefix]=1", "[prefix] unknown"),
            ("count=+1", "count type"),
            ("count=%2B1", "count type"),
            ("count=1.0", "count type"),
            ("count=", "count type"),
            ("count", "count type"),
            ("count=2147483648", "count range"),
            ("total=9007199254740992", "total range"),
            ("active=1", "active type"),
            ("status=x", "status word"),
            ("token=x", "token uuid"),
            ("day=yesterday", "day date"),
            ("note=a%00b", "note nul"),
            ("note=%", "note encoding"),
            ("note=%4", "note encoding"),
            ("note=%4g", "note encoding"),
            ("note=%ff", "note encoding"),
            ("%ff=1", "%ff encoding"),
            ("code=a&code=a", "code duplicate"),
            ("code=a&c%6Fde=a", "code duplicate"),
            ("limit=0", "limit range"),
            ("limit=201", "limit range"),
            ("limit=-1", "limit range"),
            ("limit=99999999999999999999", "limit range"),
            ("limit=10&limit=10", "limit duplicate"),
            ("sort=", "sort sort"),
            ("sort=note", "sort sort"),
            ("sort=id", "sort sort"),
            ("sort=code,,count", "sort sort"),
            ("sort=code;drop", "sort sort"),
            ("sort=code,-code", "sort duplicate"),
            ("after=", "after cursor"),
        ] {
            assert_eq!(errors(raw), [error], "{raw}");
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        assert_eq!(errors("zzz=1&limit=0&count=x&sort=y"), ["zzz unknown", "limit range", "count type", "sort sort"]);
    }

    #[test]
    fn sizes_are_bounded() {
        assert!(parse(&THING, Some(&format!("code={}", "a".repeat(MAX_BYTES)))).is_err());
        assert!(parse(&THING, Some(&format!("code={}", "a".repeat(MAX_BYTES - 5)))).is_ok());
        let long = "k".repeat(8_000);
        assert_eq!(errors(&format!("{long}=1")), [format!("{} unknown", "k".repeat(MAX_ECHO))]);
        let many = "code=1&code[prefix]=1&note=1&note[prefix]=1&note[null]=true&count=1&count[gt]=1&count[gte]=1&count[lt]=1&count[lte]=1\
                    &total=1&total[gt]=1&total[gte]=1&total[lt]=1&total[lte]=1&total[null]=true&active=true";
        assert_eq!(errors(many), ["active filters"]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_list_or_a_problem(raw in "\\PC{0,60}") {
            let _ = parse(&THING, Some(&raw));
        }

        #[test]
        fn any_value_is_read_back(value in any::<String>().prop_filter("no nul", |value| !value.contains('\0'))) {
            let encoded = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            prop_assert_eq!(filters(&format!("note={encoded}")), [("note", Op::Eq, Some(Arg::Text(Some(value))))]);
        }
    }
}
