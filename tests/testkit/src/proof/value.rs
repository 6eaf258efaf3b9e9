//! Values of columns: made from a definition, judged by it, and turned into arguments and SQL.

use serde_json::{Value, json};
use tenantry::schema::{Arg, ColumnDef, Kind, ModelDef};
use tenantry::{Date, Money, Timestamp};

pub use crate::draw::Draw;

/// A value that the column takes. References are not made here.
pub(super) fn valid(draw: &mut Draw, def: &ModelDef, column: &ColumnDef) -> Value {
    if column.nullable && draw.percent(25) {
        return Value::Null;
    }
    match column.kind {
        Kind::Id(_) => Value::Null,
        Kind::Uuid => json!(draw.uuid()),
        Kind::Text => Value::String(text(draw, def, column)),
        Kind::Enum(words) => draw.pick(words).map_or(Value::Null, |word| json!(word)),
        Kind::Bool => json!(draw.percent(50)),
        // Small numbers collide, so that keys of several columns are taken now and then.
        Kind::I32 => match draw.below(8) {
            0 => json!(i32::MAX),
            1 => json!(i32::MIN),
            _ => json!(draw.below(40)),
        },
        Kind::I64 => match draw.below(8) {
            0 => json!(Money::MAX - draw.below(50) as i64),
            1 => json!(draw.below(50) as i64 - Money::MAX),
            _ => json!(draw.below(10_000)),
        },
        Kind::Money => {
            let amount = match draw.below(6) {
                0 => Money::MAX,
                1 => -Money::MAX,
                _ => draw.below(100_000) as i64,
            };
            json!({"amount": amount, "currency": draw.pick(&["EUR", "USD", "JPY"])})
        }
        Kind::Date => json!(format!("20{:02}-{:02}-{:02}", draw.below(100), 1 + draw.below(12), 1 + draw.below(28))),
        Kind::Timestamp => {
            json!(format!("20{:02}-{:02}-{:02}T{:02}:00:00Z", draw.below(100), 1 + draw.below(12), 1 + draw.below(28), draw.below(24)))
        }
    }
}

fn text(draw: &mut Draw, def: &ModelDef, column: &ColumnDef) -> String {
    let max = column.max_len.unwrap_or(60) as usize;
    // One tenant's key is the next tenant's, too: the keys of tenants must not meet.
    if def.in_unique_key(column.name) {
        let text = format!("u{}", draw.below(2_000));
        return text.chars().take(max).collect();
    }
    // Where the server orders texts, they are made of what every collation orders alike.
    let letters: &[char] = if column.sort {
        &['a', 'b', 'c', 'x', '0', '9']
    } else {
        &['a', 'Z', '0', ' ', '\'', '"', '\\', '%', '_', '\n', 'ä', '→', '🦀', '{', ';']
    };
    let length = if draw.percent(5) { max } else { draw.below(max.min(12) + 1) };
    (0..length).filter_map(|_| draw.pick(letters)).collect()
}

/// A value that the column does not take; `None` when there is none that every surface refuses alike.
pub(super) fn broken(draw: &mut Draw, column: &ColumnDef) -> Option<Value> {
    if !column.nullable && draw.percent(50) {
        return Some(Value::Null);
    }
    match (column.kind, column.max_len) {
        (Kind::Text, Some(max)) => Some(Value::String("x".repeat(max as usize + 1))),
        (Kind::Enum(_), _) => Some(json!("no such word")),
        (Kind::I64, _) => Some(json!(Money::MAX + 1)),
        (Kind::Money, _) => Some(json!({"amount": Money::MAX + 1, "currency": "EUR"})),
        _ if !column.nullable => Some(Value::Null),
        _ => None,
    }
}

/// Whether the column takes that value; what a reference leads to is looked at elsewhere.
pub(super) fn takes(column: &ColumnDef, value: Option<&Value>) -> bool {
    let within = |number: i64| (-Money::MAX..=Money::MAX).contains(&number);
    match (column.kind, value) {
        (_, None | Some(Value::Null)) => column.nullable,
        (Kind::Text, Some(Value::String(text))) => column.max_len.is_none_or(|max| text.chars().count() <= max as usize),
        (Kind::Enum(words), Some(Value::String(text))) => words.contains(&text.as_str()),
        (Kind::I64, Some(number)) => number.as_i64().is_some_and(within),
        (Kind::Money, Some(money)) => money["amount"].as_i64().is_some_and(within),
        _ => true,
    }
}

/// The arguments of a value, for the repository.
pub(super) fn args(column: &ColumnDef, value: &Value) -> Vec<Arg> {
    let text = value.as_str();
    let number = value.as_i64();
    match column.kind {
        Kind::Id(_) | Kind::Uuid => vec![Arg::Uuid(text.and_then(|text| text.parse().ok()))],
        Kind::Text | Kind::Enum(_) => vec![Arg::Text(text.map(str::to_owned))],
        Kind::Bool => vec![Arg::Bool(value.as_bool())],
        Kind::I32 => vec![Arg::I32(number.and_then(|number| number.try_into().ok()))],
        Kind::I64 => vec![Arg::I64(number)],
        Kind::Money => vec![Arg::I64(value["amount"].as_i64()), Arg::Text(value["currency"].as_str().map(str::to_owned))],
        Kind::Date => vec![Arg::Date(text.and_then(|text| text.parse().ok()))],
        Kind::Timestamp => vec![Arg::Timestamp(text.and_then(|text| text.parse().ok()))],
    }
}

/// The value of arguments, as the repository reads them.
pub(super) fn of_args(args: &[Arg]) -> Value {
    match args {
        [Arg::I64(Some(amount)), Arg::Text(Some(currency))] => json!({"amount": amount, "currency": currency}),
        [Arg::Uuid(Some(uuid))] => json!(uuid),
        [Arg::Text(Some(text))] => json!(text),
        [Arg::Bool(Some(truth))] => json!(truth),
        [Arg::I32(Some(number))] => json!(number),
        [Arg::I64(Some(number))] => json!(number),
        [Arg::Date(Some(date))] => json!(date),
        [Arg::Timestamp(Some(at))] => json!(at),
        _ => Value::Null,
    }
}

/// The columns of the table and the literals that the value is there.
pub(super) fn literals(column: &ColumnDef, value: &Value) -> Vec<(String, String)> {
    let name = format!("\"{}\"", column.name);
    match column.kind {
        Kind::Money => {
            let currency = format!("\"{}_currency\"", column.name);
            vec![(name, literal(&value["amount"])), (currency, literal(&value["currency"]))]
        }
        _ => vec![(name, literal(value))],
    }
}

/// A JSON scalar as a literal of unknown type, which takes the type of its column.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The value of a column in a row that PostgreSQL wrote as JSON.
pub(super) fn of_json(column: &ColumnDef, row: &Value) -> Value {
    let value = &row[column.name];
    match column.kind {
        Kind::Money if value.is_null() => Value::Null,
        Kind::Money => json!({"amount": value, "currency": row[format!("{}_currency", column.name)]}),
        Kind::Timestamp => value.as_str().and_then(|text| text.parse::<Timestamp>().ok()).map_or(Value::Null, |at| json!(at)),
        Kind::Date => value.as_str().and_then(|text| text.parse::<Date>().ok()).map_or(Value::Null, |date| json!(date)),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<ColumnDef> {
        let text = ColumnDef { max_len: Some(8), ..ColumnDef::new("a", Kind::Text, false) };
        let kinds = [Kind::Bool, Kind::I32, Kind::I64, Kind::Money, Kind::Date, Kind::Timestamp, Kind::Uuid, Kind::Enum(&["x", "y"])];
        let more = kinds.into_iter().flat_map(|kind| [ColumnDef::new("b", kind, false), ColumnDef::new("b", kind, true)]);
        more.chain([text, ColumnDef { nullable: true, ..text }]).collect()
    }

    #[test]
    fn valid_values_are_taken_and_broken_ones_are_not() {
        const NONE: ModelDef =
            ModelDef { routes: tenantry::schema::Verbs::NONE, ..ModelDef::new("T", "t", tenantry::schema::Scope::Tenant) };
        for seed in 0..500 {
            let mut draw = Draw::new(seed);
            for column in columns() {
                let value = valid(&mut draw, &NONE, &column);
                assert!(takes(&column, Some(&value)), "{column:?} {value}");
                assert_eq!(of_args(&args(&column, &value)), value, "{column:?}");
                if let Some(value) = broken(&mut draw, &column) {
                    assert!(!takes(&column, Some(&value)), "{column:?} {value}");
                }
            }
        }
    }

    #[test]
    fn literals_are_quoted() {
        assert_eq!(literal(&json!("a'b\\")), "'a''b\\'");
        assert_eq!(literal(&json!(-5)), "'-5'");
        assert_eq!(literal(&Value::Null), "null");
    }
}
