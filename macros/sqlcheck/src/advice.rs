//! What to write instead, for a relation that is not bound.

use crate::judge::Fenced;

/// Where a comparison with the tenant would bind a relation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clause {
    /// In the WHERE of its query.
    Where,
    /// In the ON of the outer join that may leave it out.
    On,
    /// In a sub-select of its own, since FULL JOIN keeps the rows of both sides.
    SubSelect,
}

/// A comparison of a tenant column that does not bind its relation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Miss {
    /// One of several alternatives.
    Or,
    /// In NOT, CASE, an argument or anything else whose value is not the clause's.
    Inside,
    /// In the ON of an outer join that keeps every row of the relation.
    Preserved,
    /// With a column of a sub-select, a CTE, a function, VALUES or `excluded`.
    Derived,
    /// Of a value made from the column.
    Changed,
    /// With something other than a tenant column or `$1`.
    Other,
    /// By another operator than `=`.
    Operator,
    /// In HAVING.
    Having,
    /// Without a qualifier, where it could be another relation's.
    Unqualified,
    /// With a relation that is not bound itself.
    Unbound,
}

/// The message for a relation that is not bound.
pub(crate) fn unbound(fenced: &Fenced<'_>, column: &str, misses: impl Iterator<Item = Miss>) -> String {
    let name = match fenced.alias {
        Some(alias) => alias.to_string(),
        None => fenced.relation.0.last().map(ToString::to_string).unwrap_or_default(),
    };
    let wanted = format!("`{name}.{column} = $1`");
    let clause = match fenced.bind_in {
        Clause::Where => format!("add {wanted} to WHERE"),
        Clause::On => format!("add {wanted} to the ON of its join"),
        Clause::SubSelect => {
            format!("a FULL JOIN keeps the rows of both sides, so write a sub-select with {wanted} in its WHERE in place of the relation")
        }
    };
    let why = match misses.min() {
        None | Some(Miss::Unbound) => clause,
        Some(Miss::Or) => format!("the comparison in OR is one of several alternatives; {clause}, outside of OR"),
        Some(Miss::Inside) => format!("a comparison in NOT, CASE or an argument does not bind; {clause}, as a condition of its own"),
        Some(Miss::Preserved) => {
            format!("the outer join keeps every row of it, whatever its ON says; {clause}")
        }
        Some(Miss::Derived) => {
            format!("a column of a sub-select, a CTE, a function or `excluded` binds nothing; {clause}")
        }
        Some(Miss::Changed) => format!("a cast of the column hides it; {clause}, and cast `$1` if need be"),
        Some(Miss::Other) => format!("only a comparison with `$1` or with the `{column}` of a bound relation binds; {clause}"),
        Some(Miss::Operator) => format!("only `=` binds; {clause}"),
        Some(Miss::Having) => format!("HAVING comes after the rows have been grouped; {clause}"),
        Some(Miss::Unqualified) => {
            format!("`{column}` alone could be another relation's, here or in the query around; write {wanted}")
        }
    };
    let alias = fenced.alias.map(|alias| format!(" {alias}")).unwrap_or_default();
    format!("{}{alias} is not bound to the tenant: {why}", fenced.relation)
}
