//! Conditions without parentheses: who binds tighter is the server's to say.

use crate::generator::Choices;

/// What is true or false of a row; the predicate is among them more often than others.
const ATOMS: &[(usize, &str)] = &[
    (40, "n.tenant_id = $1"),
    (6, "$1 = n.tenant_id"),
    (8, "n.done"),
    (8, "n.id < 3"),
    (6, "n.body = 'red'"),
    (6, "true"),
    (4, "false"),
    (4, "n.body like '%e%'"),
    (4, "n.id between 1 and 3"),
    (3, "n.id in (1, 2)"),
    (3, "n.id = any (array[1, 2])"),
    (2, "exists (select 1)"),
    (2, "n.id + 1 < 4"),
    (2, "n.tenant_id <> $1"),
];

/// What stands between two of them.
const BETWEEN: &[(usize, &str)] = &[
    (50, "and"),
    (10, "or"),
    (4, "="),
    (4, "<>"),
    (3, "<"),
    (3, ">="),
    (3, "!="),
    (4, "is distinct from"),
    (4, "is not distinct from"),
    (3, "and not"),
    (3, "or not"),
    (2, "between false and"),
    (2, "not between false and"),
    (2, "between symmetric true and"),
    (1, "and ("),
    (1, "||"),
    (1, "&&"),
    (1, "like"),
    (1, "is"),
    (1, "operator(pg_catalog.=)"),
];

/// What stands in front of one, or behind it.
const BEFORE: &[(usize, &str)] = &[(80, ""), (12, "not "), (3, "not not "), (2, "("), (2, "- "), (1, "true = ")];
const BEHIND: &[(usize, &str)] = &[
    (70, ""),
    (4, " is true"),
    (3, " is not true"),
    (3, " is false"),
    (3, " is not null"),
    (3, " is null"),
    (2, " isnull"),
    (2, " notnull"),
    (2, " is unknown"),
    (2, " is not unknown"),
    (2, "::boolean"),
    (2, " in (true)"),
    (2, " not in (false)"),
    (2, " = any (array[true])"),
    (2, ")"),
    (1, " is distinct from null"),
    (1, " collate \"C\""),
    (1, " is not distinct from true"),
];

/// A statement whose condition is a chain of such pieces: in WHERE, or in the ON of a left join.
pub(super) fn text(choices: &mut Choices) -> String {
    let mut condition = String::new();
    for place in 0..choices.weighted(&[(50, 2), (30, 3), (20, 4)]) {
        if place > 0 {
            condition += &format!(" {} ", choices.weighted(BETWEEN));
        }
        condition += &[choices.weighted(BEFORE), choices.weighted(ATOMS), choices.weighted(BEHIND)].concat();
    }
    // Whatever parenthesis is open is closed at the end, as somebody who writes does.
    let open = condition.matches('(').count().saturating_sub(condition.matches(')').count());
    condition += &")".repeat(open);
    if choices.percent(20) {
        let condition = condition.replace("n.tenant_id = $1", "n.tenant_id = o.tenant_id");
        return format!("select o.id, n.id from app.orders o left join app.notes n on {condition} where o.tenant_id = $1");
    }
    format!("select n.id from app.notes n where {condition}")
}
