//! The model's opinion of a list: which rows, and in what order.

use serde_json::Value;
use tenantry::schema::{ColumnDef, Kind};
use tenantry::sql::Op;

use super::executor::id_of;
use super::model::{Book, Row, World, timeless};
use super::operation::{Act, Query};

/// A list is the tenant's rows that the filters let through, in the order of the sorts.
pub(super) fn listed(world: &World, book: &Book, act: &Act, query: &Query, rows: &[Row]) -> Result<(), String> {
    let model = act.model;
    let def = world.models[model];
    let passes = |row: &&Row| query.filters.iter().all(|(column, op, value)| passes(column, *op, value.as_ref(), row.get(column.name)));
    let mut expected: Vec<&Row> = book.tables[model].values().filter(passes).collect();
    // The id ends every order, in the direction of the last key.
    let last = query.sorts.last().is_some_and(|(_, descending)| *descending);
    let keys: Vec<(&str, bool)> = query.sorts.iter().map(|(column, descending)| (column.name, *descending)).chain([("id", last)]).collect();
    expected.sort_by(|a, b| {
        let compare = |(name, descending): &(&str, bool)| {
            let order = compared(a.get(*name), b.get(*name));
            if *descending { order.reverse() } else { order }
        };
        keys.iter().map(compare).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let rows: Vec<Row> = rows.iter().map(|row| timeless(def, row)).collect();
    if rows.iter().eq(expected.iter().map(|row| act.surface.sees(def, row)).collect::<Vec<_>>().iter()) {
        return Ok(());
    }
    let ids = |rows: Vec<&Row>| rows.iter().filter_map(|row| id_of(row)).map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
    Err(format!("the list has the rows [{}] where [{}] were due", ids(rows.iter().collect()), ids(expected)))
}

fn compared(a: Option<&Value>, b: Option<&Value>) -> std::cmp::Ordering {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (Some(a), Some(b)) => a.as_i64().cmp(&b.as_i64()),
        _ => std::cmp::Ordering::Equal,
    }
}

fn passes(column: &ColumnDef, op: Op, wanted: Option<&Value>, value: Option<&Value>) -> bool {
    let null = matches!(value, None | Some(Value::Null));
    match op {
        Op::IsNull => null,
        Op::IsNotNull => !null,
        _ if null => false,
        Op::Eq => value == wanted,
        Op::Prefix => {
            value.and_then(Value::as_str).zip(wanted.and_then(Value::as_str)).is_some_and(|(value, start)| value.starts_with(start))
        }
        Op::Gt | Op::Gte | Op::Lt | Op::Lte => {
            debug_assert!(!matches!(column.kind, Kind::Money));
            let order = compared(value, wanted);
            match op {
                Op::Gt => order.is_gt(),
                Op::Gte => order.is_ge(),
                Op::Lt => order.is_lt(),
                _ => order.is_le(),
            }
        }
    }
}
