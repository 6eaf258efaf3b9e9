//! Canaries: the values of each tenant carry a mark that no other tenant's values have, and nothing that leaves on behalf of one may carry
//! another's.
//!
//! A text ends with `qzx` and nine characters, a number of 64 bits has twelve digits, of which the first four are `7103` and the next five
//! the tenant's. What must meet between tenants carries no mark: unique keys, numbers of 32 bits, dates, words, texts too short to hold it.
//!
//! A secret value has a mark of its own, `qzk`, `7104` or the first half of a uuid, and must not leave on behalf of anybody, its own tenant
//! included.

use serde_json::Value;
use tenantry::TenantId;
use tenantry::schema::{ColumnDef, Kind, ModelDef};

use super::script;

/// What the mark of a text begins with. Letters and digits, so that JSON and URLs leave it as it is and every collation orders it alike.
const TEXT: &str = "qzx";
/// What it begins with in a secret.
const SECRET_TEXT: &str = "qzk";
/// The characters of a tenant's own behind it.
const TEXT_OWN: usize = 9;
/// What those are of. There is no `q`, so that no mark begins within another.
const TEXT_OF: &[u8; 35] = b"0123456789abcdefghijklmnoprstuvwxyz";
/// What a marked number begins with.
const NUMBER: &str = "7103";
/// What a secret one begins with.
const SECRET_NUMBER: &str = "7104";
/// The digits of a marked number.
const DIGITS: usize = 12;
/// What a secret uuid begins with: no clock of version 7 comes to it, and a random one has it once in 2^48.
const SECRET_UUID: &str = "5ec2e7ca-5ec2-";

/// The mark of a tenant's values. The default one marks nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Mark {
    text: String,
    number: i64,
}

impl Mark {
    pub(super) fn of(tenant: TenantId) -> Self {
        // The end of a uuid of version 7 is random.
        let mut rest = tenant.uuid().as_u128() & ((1 << 62) - 1);
        let number = i64::try_from(rest % 100_000).unwrap_or_default();
        let mut text = TEXT.to_owned();
        for _ in 0..TEXT_OWN {
            text.push(char::from(TEXT_OF[(rest % 35) as usize]));
            rest /= 35;
        }
        Self { text, number: (7103 * 100_000 + number) * 1_000 }
    }

    /// The value with the mark, where the column has room for one.
    pub(super) fn put(&self, def: &ModelDef, column: &ColumnDef, value: Value) -> Value {
        if self.text.is_empty() || def.in_unique_key(column.name) {
            return value;
        }
        let own = if column.secret { self.number + 100_000_000 } else { self.number };
        let marked = |number: i64| if (0..100_000).contains(&number) { own + number % 1_000 } else { number };
        match (column.kind, value) {
            (Kind::Text, Value::String(text)) => {
                let mark = if column.secret { self.text.replacen(TEXT, SECRET_TEXT, 1) } else { self.text.clone() };
                let room = (column.max_len.unwrap_or(60) as usize).checked_sub(mark.len());
                Value::String(room.map_or(text.clone(), |room| text.chars().take(room).chain(mark.chars()).collect()))
            }
            (Kind::Uuid, Value::String(uuid)) if column.secret => {
                Value::String(SECRET_UUID.chars().chain(uuid.chars().skip(SECRET_UUID.len())).collect())
            }
            (Kind::I64, Value::Number(number)) => number.as_i64().map_or(Value::Number(number), |number| Value::from(marked(number))),
            (Kind::Money, Value::Object(mut money)) => {
                if let Some(amount) = money.get("amount").and_then(Value::as_i64) {
                    money.insert("amount".to_owned(), Value::from(marked(amount)));
                }
                Value::Object(money)
            }
            (_, value) => value,
        }
    }

    fn digits(&self) -> String {
        (self.number / 1_000).to_string()
    }
}

/// What must not leave on behalf of a tenant: the marks and the ids of the others.
#[derive(Debug, Default)]
pub(super) struct Canary {
    others: Vec<(usize, Mark, String)>,
}

impl Canary {
    /// For the tenant at that place.
    pub(super) fn new(who: usize, tenants: &[TenantId]) -> Self {
        let others = tenants.iter().enumerate().filter(|(other, _)| *other != who);
        let own = tenants.get(who).map(|tenant| Mark::of(*tenant)).unwrap_or_default();
        let others = others.map(|(other, tenant)| (other, Mark::of(*tenant), tenant.to_string()));
        // Two tenants of a case may by chance have one number; what is the tenant's own betrays nobody.
        let others =
            others.map(|(other, mark, id)| (other, Mark { number: if mark.number == own.number { 0 } else { mark.number }, ..mark }, id));
        Self { others: others.collect() }
    }

    /// Whether the text is free of what is others'; the error says what of whom is in it.
    pub(super) fn clean(&self, what: &str, text: &str) -> Result<(), String> {
        let told = |other: usize, kind: &str, mark: &str| Err(format!("{what} carries {kind} of {}: {mark}", script::tenant(other)));
        if let Some(secret) = secret(text) {
            return Err(format!("{what} carries a secret: {secret}"));
        }
        for mark in texts(text, TEXT) {
            if let Some((other, ..)) = self.others.iter().find(|(_, own, _)| own.text == mark) {
                return told(*other, "a text", mark);
            }
        }
        for number in numbers(text, NUMBER) {
            if let Some((other, ..)) = self.others.iter().find(|(_, own, _)| number.starts_with(&own.digits())) {
                return told(*other, "a number", number);
            }
        }
        match self.others.iter().find(|(.., id)| text.contains(id)) {
            Some((other, _, id)) => told(*other, "the id", id),
            None => Ok(()),
        }
    }
}

/// A marked value in a text, whosever it is: a log has none.
pub(super) fn row_value(text: &str) -> Option<&str> {
    texts(text, TEXT).next().or_else(|| numbers(text, NUMBER).next()).or_else(|| secret(text))
}

/// A secret value in a text, whosever it is: nothing that leaves has one.
pub(super) fn secret(text: &str) -> Option<&str> {
    let uuid = || text.match_indices(SECRET_UUID).find_map(|(at, _)| text.get(at..at + 36));
    texts(text, SECRET_TEXT).next().or_else(|| numbers(text, SECRET_NUMBER).next()).or_else(uuid)
}

fn texts<'t>(text: &'t str, begins: &'static str) -> impl Iterator<Item = &'t str> {
    text.match_indices(begins).filter_map(|(at, _)| {
        let mark = text.get(at..at + begins.len() + TEXT_OWN)?;
        mark.bytes().skip(begins.len()).all(|byte| TEXT_OF.contains(&byte)).then_some(mark)
    })
}

/// Numbers of that length that stand alone. What follows a hyphen may be a part of a uuid, and no marked number is negative.
fn numbers<'t>(text: &'t str, begins: &'static str) -> impl Iterator<Item = &'t str> {
    let alone = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric() && char != '-');
    text.match_indices(begins).filter_map(move |(at, _)| {
        let number = text.get(at..at + DIGITS)?;
        let whole = alone(text[..at].chars().next_back()) && alone(text[at + DIGITS..].chars().next());
        (whole && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NONE: ModelDef = ModelDef { routes: tenantry::schema::Verbs::NONE, ..ModelDef::new("T", "t", tenantry::schema::Scope::Tenant) };

    #[test]
    fn a_marked_value_is_found_in_anothers_answer_and_not_in_its_own() {
        let (a, b) = (TenantId::generate(), TenantId::generate());
        let (of_a, of_b) = (Canary::new(0, &[a, b]), Canary::new(1, &[a, b]));
        let text = ColumnDef { max_len: Some(20), ..ColumnDef::new("name", Kind::Text, false) };
        let number = ColumnDef::new("n", Kind::I64, false);
        let money = ColumnDef::new("m", Kind::Money, false);
        for (column, value) in
            [(text, json!("Alfreds 'Futterkiste")), (number, json!(17)), (money, json!({"amount": 5, "currency": "EUR"}))]
        {
            let marked = json!({ "column": Mark::of(a).put(&NONE, &column, value) }).to_string();
            assert_eq!(of_a.clean("its own answer", &marked), Ok(()));
            let leak = of_b.clean("an answer", &marked).unwrap_err();
            assert!(leak.starts_with("an answer carries a ") && leak.contains(" of A: "), "{leak}");
            assert!(row_value(&marked).is_some());
        }
        assert!(of_b.clean("a header", &format!("location: /t/{a}")).unwrap_err().contains("the id of A"));
        assert_eq!(of_b.clean("a header", &format!("location: /t/{b}")), Ok(()));
    }

    #[test]
    fn a_secret_is_found_in_everybodys_answer() {
        let (a, b) = (TenantId::generate(), TenantId::generate());
        let text = ColumnDef { secret: true, ..ColumnDef::new("password", Kind::Text, false) };
        let number = ColumnDef { kind: Kind::I64, ..text };
        let money = ColumnDef { kind: Kind::Money, ..text };
        let uuid = ColumnDef { kind: Kind::Uuid, ..text };
        for (column, value) in
            [(text, json!("open")), (number, json!(17)), (money, json!({"amount": 5, "currency": "EUR"})), (uuid, json!(some_uuid()))]
        {
            let marked = json!({ "column": Mark::of(a).put(&NONE, &column, value) }).to_string();
            for canary in [Canary::new(0, &[a, b]), Canary::new(1, &[a, b]), Canary::default()] {
                assert!(canary.clean("an answer", &marked).unwrap_err().starts_with("an answer carries a secret: "), "{marked}");
            }
            assert!(row_value(&marked).is_some(), "a log has none of it, either");
        }
        let open = ColumnDef { secret: false, ..text };
        assert_eq!(secret(&json!({ "column": Mark::of(a).put(&NONE, &open, json!("open")) }).to_string()), None);
    }

    #[test]
    fn no_mark_begins_within_another() {
        for _ in 0..100_000 {
            let mark = Mark::of(TenantId::generate()).text;
            assert!(mark.starts_with(TEXT) && !mark[1..].contains('q') && secret(&format!("{mark}\",\"version\":1")).is_none(), "{mark}");
        }
    }

    fn some_uuid() -> String {
        TenantId::generate().to_string()
    }

    #[test]
    fn what_has_no_room_and_what_only_looks_alike_is_left_alone() {
        let mark = Mark::of(TenantId::generate());
        let short = ColumnDef { max_len: Some(11), ..ColumnDef::new("code", Kind::Text, false) };
        assert_eq!(mark.put(&NONE, &short, json!("u1")), json!("u1"));
        let number = ColumnDef::new("n", Kind::I64, false);
        assert_eq!(
            mark.put(&NONE, &number, json!(tenantry::Money::MAX)),
            json!(tenantry::Money::MAX),
            "the largest value stays the largest"
        );
        for text in ["710300000001", "{\"n\":710312345678}"] {
            assert!(row_value(text).is_some(), "{text}");
        }
        for text in
            ["0190-710312345678", "a710312345678", "7103123456789", "71031234567", "qzx1234", "qzk12\",\"version\":1", "qzxq23456789"]
        {
            assert_eq!(row_value(text), None, "{text}");
        }
    }
}
