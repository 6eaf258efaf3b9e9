//! The matrix of SQL attacks as data: which statement, in which shape, in which context, and what is due to it.

use std::fmt;

/// A kind of statement.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in super::super) enum Form {
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    ConflictNothing,
    ConflictUpdate,
    CopyTo,
    CopyFrom,
    Cursor,
    /// A cursor that is read after its transaction.
    HeldCursor,
    ForUpdate,
    ForShare,
    Explain,
    ExplainAnalyze,
    /// Prepared, planned and run in the victim's context, then run in the attack's.
    Prepared,
}

impl Form {
    pub(in super::super) const ALL: [Self; 16] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Merge,
        Self::ConflictNothing,
        Self::ConflictUpdate,
        Self::CopyTo,
        Self::CopyFrom,
        Self::Cursor,
        Self::HeldCursor,
        Self::ForUpdate,
        Self::ForShare,
        Self::Explain,
        Self::ExplainAnalyze,
        Self::Prepared,
    ];
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Merge => "MERGE",
            Self::ConflictNothing => "INSERT … ON CONFLICT DO NOTHING",
            Self::ConflictUpdate => "INSERT … ON CONFLICT DO UPDATE",
            Self::CopyTo => "COPY TO",
            Self::CopyFrom => "COPY FROM",
            Self::Cursor => "cursor",
            Self::HeldCursor => "cursor WITH HOLD",
            Self::ForUpdate => "SELECT FOR UPDATE",
            Self::ForShare => "SELECT FOR SHARE",
            Self::Explain => "EXPLAIN",
            Self::ExplainAnalyze => "EXPLAIN ANALYZE",
            Self::Prepared => "prepared statement of another tenant",
        })
    }
}

/// Its clauses.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in super::super) enum Shape {
    /// No predicate and nothing returned: only the policy for writing stands in the way of a write.
    Bare,
    Where,
    Returning,
}

impl Shape {
    const ALL: [Self; 3] = [Self::Bare, Self::Where, Self::Returning];
}

/// What the session says of its tenant, and whose rows the statement names.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in super::super) enum Context {
    /// The attacker's own tenant.
    Own,
    /// The attacker's own tenant, and a statement that names the victim's tenant and rows.
    Foreign,
    /// Never set. In a workload, whose connections have been used, as [`Empty`](Self::Empty) of the whole session.
    Unset,
    /// Set to nothing.
    Empty,
    /// The victim's id without its last digit.
    Malformed,
    /// The victim's, then the own one, in one transaction.
    Nested,
    /// None, after a transaction of the victim's was rolled back.
    AfterRollback,
    /// The own one, back after the victim's was set inside a savepoint.
    AfterRollbackTo,
    /// The own one, set inside a savepoint that was released; the victim's outside of it.
    AfterRelease,
}

impl Context {
    pub(in super::super) const ALL: [Self; 9] = [
        Self::Own,
        Self::Foreign,
        Self::Unset,
        Self::Empty,
        Self::Malformed,
        Self::Nested,
        Self::AfterRollback,
        Self::AfterRollbackTo,
        Self::AfterRelease,
    ];

    /// Whether there is no tenant in it.
    const fn is_none(self) -> bool {
        matches!(self, Self::Unset | Self::Empty | Self::AfterRollback)
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "own",
            Self::Foreign => "own, naming the victim",
            Self::Unset => "unset",
            Self::Empty => "empty",
            Self::Malformed => "malformed",
            Self::Nested => "nested",
            Self::AfterRollback => "after ROLLBACK",
            Self::AfterRollbackTo => "after ROLLBACK TO SAVEPOINT",
            Self::AfterRelease => "after RELEASE SAVEPOINT",
        })
    }
}

/// One attack over SQL, to be tried on a table.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in super::super) struct Attack {
    pub(in super::super) form: Form,
    pub(in super::super) shape: Shape,
    pub(in super::super) context: Context,
}

impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match (self.form, self.shape) {
            (Form::Update | Form::Delete, Shape::Bare) => " without WHERE",
            (_, Shape::Bare) => "",
            (Form::Insert, Shape::Where) => " from SELECT WHERE",
            (_, Shape::Where) => " with WHERE",
            (_, Shape::Returning) => " with RETURNING",
        };
        write!(f, "{}{shape}, context {}", self.form, self.context)
    }
}

/// What an attack does, by the rules of isolation. What that is in rows is worked out from the attacker's own ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Effect {
    /// It runs, and no row is seen, changed or made.
    Nothing,
    /// Exactly the own rows are seen.
    Shown,
    /// Exactly the own rows are written, without a change of value: their versions move.
    Touched,
    /// Exactly the own rows are deleted.
    Deleted,
    /// A row of the own tenant is made.
    Inserted,
    /// A row of the own tenant meets itself; when there is none, one is made.
    Met,
    /// A row of the own tenant with the victim's id and keys is made, as if the victim's were not there. It is rolled back.
    Free,
    /// A plan is shown. Whether a malformed context is looked at on the way is the planner's affair.
    Planned,
    /// Refused with one of these SQLSTATEs.
    Refused(&'static [&'static str]),
}

const DENIED: Effect = Effect::Refused(&["42501"]);
const MALFORMED: Effect = Effect::Refused(&["22P02"]);
/// `COPY FROM not supported with row-level security`.
const NOT_COPIED: Effect = Effect::Refused(&["0A000", "42501"]);

impl Attack {
    /// Every attack there is.
    pub(in super::super) fn all() -> Vec<Self> {
        let of =
            |form| Shape::ALL.into_iter().flat_map(move |shape| Context::ALL.into_iter().map(move |context| Self { form, shape, context }));
        Form::ALL.into_iter().flat_map(of).filter(|attack| attack.excluded().is_none()).collect()
    }

    /// The few that most weakenings fall to.
    pub(in super::super) fn quick() -> Vec<Self> {
        let forms = [Form::Select, Form::Insert, Form::Update, Form::Delete, Form::ConflictNothing, Form::ConflictUpdate, Form::Prepared];
        let contexts = [Context::Own, Context::Foreign, Context::Unset, Context::Empty, Context::Malformed];
        Self::all()
            .into_iter()
            .filter(|attack| forms.contains(&attack.form) && contexts.contains(&attack.context) && attack.shape != Shape::Returning)
            .collect()
    }

    /// Why there is no such statement.
    pub(in super::super) const fn excluded(self) -> Option<&'static str> {
        match (self.form, self.shape, self.context) {
            (Form::Select | Form::Cursor | Form::HeldCursor | Form::ForUpdate | Form::ForShare | Form::CopyFrom, Shape::Returning, _) => {
                Some("what reads has no RETURNING, and neither has COPY FROM")
            }
            (Form::Merge, Shape::Returning, _) => Some("MERGE has RETURNING from PostgreSQL 17 on, and 15 is served"),
            (Form::ConflictNothing, Shape::Where, _) => Some("DO NOTHING has no WHERE"),
            (Form::Prepared, _, Context::Unset) => Some("the session in which the victim prepared it has had a tenant"),
            (
                Form::Select
                | Form::Delete
                | Form::CopyTo
                | Form::Cursor
                | Form::HeldCursor
                | Form::ForUpdate
                | Form::ForShare
                | Form::Explain
                | Form::ExplainAnalyze
                | Form::Prepared,
                Shape::Bare,
                Context::Foreign,
            ) => Some("without a predicate there is nothing that could name the victim"),
            _ => None,
        }
    }

    /// What is due to it.
    pub(in super::super) const fn effect(self) -> Effect {
        match self.context {
            _ if matches!(self.form, Form::CopyFrom) => NOT_COPIED,
            _ if matches!(self.form, Form::Explain) => Effect::Planned,
            Context::Malformed => MALFORMED,
            _ if self.context.is_none() && self.inserts() => DENIED,
            Context::Unset | Context::Empty | Context::AfterRollback => Effect::Nothing,
            Context::Foreign => self.on_the_victim(),
            Context::Own | Context::Nested | Context::AfterRollbackTo | Context::AfterRelease => self.on_own_rows(),
        }
    }

    const fn inserts(self) -> bool {
        matches!(self.form, Form::Insert | Form::ConflictNothing | Form::ConflictUpdate)
    }

    const fn on_own_rows(self) -> Effect {
        match (self.form, self.shape) {
            (Form::Insert, _) => Effect::Inserted,
            (Form::ConflictNothing | Form::ConflictUpdate, _) => Effect::Met,
            (Form::Update, _) | (Form::Merge, Shape::Bare) | (Form::CopyTo | Form::Prepared, Shape::Returning) => Effect::Touched,
            (Form::ExplainAnalyze, Shape::Bare | Shape::Returning) => Effect::Touched,
            (Form::Delete, _) | (Form::Merge | Form::Prepared | Form::ExplainAnalyze, Shape::Where) => Effect::Deleted,
            _ => Effect::Shown,
        }
    }

    const fn on_the_victim(self) -> Effect {
        match (self.form, self.shape) {
            (Form::Insert, Shape::Bare | Shape::Returning)
            | (Form::Update | Form::Merge, Shape::Bare)
            | (Form::ConflictUpdate, Shape::Where | Shape::Returning) => DENIED,
            (Form::ConflictNothing, _) | (Form::ConflictUpdate, Shape::Bare) => Effect::Free,
            _ => Effect::Nothing,
        }
    }

    /// Whether the role must be able to update some column for it.
    pub(super) const fn wants_update(self) -> bool {
        match (self.form, self.shape) {
            (Form::Update | Form::ForUpdate | Form::ForShare | Form::ConflictUpdate, _) => true,
            (Form::Merge, Shape::Bare) => !matches!(self.context, Context::Foreign),
            (Form::ExplainAnalyze, Shape::Bare | Shape::Returning) | (Form::CopyTo | Form::Prepared | Form::Explain, Shape::Returning) => {
                true
            }
            _ => false,
        }
    }

    /// Whether nothing but the answer can show that it went wrong.
    pub(super) const fn only_reads(self) -> bool {
        matches!(
            (self.form, self.shape),
            (Form::Select | Form::Cursor | Form::HeldCursor | Form::ForUpdate | Form::ForShare | Form::Explain, _)
                | (Form::CopyTo, Shape::Bare | Shape::Where)
                | (Form::Prepared, Shape::Bare)
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_form_shape_and_context_is_tried_or_has_a_reason() {
        let all = Attack::all();
        let excluded = Form::ALL.len() * Shape::ALL.len() * Context::ALL.len() - all.len();
        assert_eq!((all.len(), excluded), (347, 85));
        for form in Form::ALL {
            let contexts: BTreeSet<Context> = all.iter().filter(|attack| attack.form == form).map(|attack| attack.context).collect();
            assert!(contexts.len() >= 8, "{form}: {contexts:?}");
        }
        assert!(Attack::quick().iter().all(|attack| all.contains(attack)));
    }

    #[test]
    fn no_two_attacks_have_one_name() {
        let names: BTreeSet<String> = Attack::all().iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), Attack::all().len());
        assert!(names.contains("UPDATE without WHERE, context empty"));
    }

    #[test]
    fn without_a_tenant_nothing_is_ever_due() {
        for attack in Attack::all().into_iter().filter(|attack| attack.context.is_none()) {
            assert!(matches!(attack.effect(), Effect::Nothing | Effect::Planned | Effect::Refused(_)), "{attack}");
        }
    }
}
