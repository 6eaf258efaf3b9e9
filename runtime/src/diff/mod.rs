//! Two schemas compared: what must happen to the first one so that it becomes the second.
//!
//! [`diff`] is a pure function; each file below compares one kind of object. Steps come in the order in which they can be carried out:
//! what goes, what comes (a table after those that it refers to), keys that close a circle, and FORCE last, since under it the owner
//! sees no row and may check no key. What cannot be done without losing rows in silence or failing on them is a [`Refusal`].

mod columns;
mod comments;
mod constraints;
mod fences;
mod functions;
mod grants;
mod indexes;
mod order;
mod tables;

use std::collections::HashSet;
use std::fmt;

pub(crate) use columns::OWN_VALUE;

use crate::schema::ir::{Column, Constraint, Function, Index, Name, Policy, Schema, Table, Trigger};

/// What must happen, and how that reads in the terms of the models.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Plan {
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What changed, for people.
    pub changes: Vec<Change>,
}

impl Plan {
    /// Whether nothing has to happen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// One line for each subject: what else is said of it is added to its line.
    fn change(&mut self, subject: impl Into<String>, what: impl Into<String>) {
        let (subject, what) = (subject.into(), what.into());
        match self.changes.iter_mut().find(|change| change.subject == subject) {
            Some(change) => {
                change.what.push_str("; ");
                change.what.push_str(&what);
            }
            None => self.changes.push(Change { subject, what }),
        }
    }
}

/// One difference in the terms of the models: `Customer.nickname`, `new: text, takes null`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The model, or the model and its field.
    pub subject: String,
    /// What is different.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.subject, self.what)
    }
}

/// A difference that the generator does not write a migration for, and what to do instead.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{subject}: {remedy}")]
pub struct Refusal {
    /// The model, or the model and its field.
    pub subject: String,
    /// What is wrong with it, and what to do.
    pub remedy: String,
}

/// Which of the two files is planned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Towards the models of today. What would lose or break rows is refused.
    Up,
    /// Back to the models of before. What was dropped comes back without what it held.
    Down,
}

/// One thing to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// A function comes.
    CreateFunction(Function),
    /// A function of the same name gets another text.
    ReplaceFunction(Function),
    /// A function goes.
    DropFunction(Function),
    /// A table comes, with everything but FORCE and the keys that close a circle.
    CreateTable(Box<Table>),
    /// A table goes, with its rows.
    DropTable(Name),
    /// Columns and constraints of a table that is there.
    Alter {
        /// The table.
        table: Name,
        /// What happens to it, in one statement.
        actions: Vec<Action>,
    },
    /// The owner, too, is outside the fence of these tables (`no force row level security`), so that it sees their rows.
    Lift(Vec<Name>),
    /// The fence holds for the owner again.
    Restore(Vec<Name>),
    /// The fence of these new tables holds for the owner, too.
    Force(Vec<Name>),
    /// An index comes.
    CreateIndex {
        /// The table.
        table: Name,
        /// The index.
        index: Index,
    },
    /// An index goes.
    DropIndex(Name),
    /// A trigger comes.
    CreateTrigger {
        /// The table.
        table: Name,
        /// The trigger.
        trigger: Trigger,
    },
    /// A trigger goes.
    DropTrigger {
        /// The table.
        table: Name,
        /// The trigger's name.
        name: String,
    },
    /// A policy comes.
    CreatePolicy {
        /// The table.
        table: Name,
        /// The policy.
        policy: Policy,
    },
    /// A policy goes.
    DropPolicy {
        /// The table.
        table: Name,
        /// The policy's name.
        name: String,
    },
    /// A role may do more.
    Grant(Permission),
    /// A role may do less.
    Revoke(Permission),
    /// The comment of a table changes.
    Comment {
        /// The table.
        table: Name,
        /// The comment.
        text: String,
    },
}

/// What a role may do with a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permission {
    /// The table.
    pub table: Name,
    /// The role.
    pub role: String,
    /// On the whole table: `select`, `insert`, `delete`.
    pub privileges: Vec<String>,
    /// The columns that it may read.
    pub select: Vec<String>,
    /// The columns that it may update.
    pub update: Vec<String>,
}

/// One part of an `alter table`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// A column comes.
    AddColumn {
        /// The column.
        column: Column,
        /// An expression that fills the rows that are there, instead of the default; the column keeps its own default.
        placeholder: Option<String>,
    },
    /// A column goes, with what it held, its constraints, indexes and grants.
    DropColumn(String),
    /// The column takes no null any more.
    SetNotNull(String),
    /// The column takes null.
    DropNotNull(String),
    /// New rows get this expression.
    SetDefault {
        /// The column.
        column: String,
        /// The expression.
        default: String,
    },
    /// New rows get nothing by themselves.
    DropDefault(String),
    /// A constraint comes.
    AddConstraint(Constraint),
    /// A constraint goes.
    DropConstraint(String),
}

/// The steps from one schema to the other.
///
/// # Errors
/// Every difference that is refused; the plan is whole or there is none.
pub fn diff(previous: &Schema, next: &Schema, direction: Direction) -> Result<Plan, Vec<Refusal>> {
    if let Some(refusal) = renamed_conventions(previous, next) {
        return Err(vec![refusal]);
    }
    let compared = Compared::new(previous, next);
    let (mut plan, mut refusals) = (Plan::default(), Vec::new());
    functions::create(&compared, &mut plan);
    tables::changes(&compared, direction, &mut plan);
    constraints::drop_keys(&compared, &mut plan);
    indexes::drop(&compared, &mut plan);
    fences::drop(&compared, &mut plan, &mut refusals);
    tables::drop(&compared, &mut plan);
    tables::create(&compared, &mut plan);
    for (old, new) in &compared.kept {
        let mut actions = constraints::dropped(old, new, &mut plan);
        actions.extend(columns::actions((old, new), &next.names.tenant_column, direction, &mut plan, &mut refusals));
        actions.extend(constraints::added(old, new, &mut plan));
        if !actions.is_empty() {
            plan.steps.push(Step::Alter { table: new.name.clone(), actions });
        }
    }
    indexes::create(&compared, &mut plan);
    constraints::add_keys(&compared, &mut plan);
    fences::create(&compared, &mut plan);
    grants::steps(&compared, &mut plan);
    comments::steps(&compared, &mut plan);
    tables::force(&compared, &mut plan);
    functions::drop(&compared, &mut plan);
    if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
}

/// Another schema, role or column for everything is a move that no generated migration makes.
fn renamed_conventions(previous: &Schema, next: &Schema) -> Option<Refusal> {
    let both_hold_tables = !previous.tables.is_empty() && !next.tables.is_empty();
    (both_hold_tables && previous.names != next.names).then(|| Refusal {
        subject: "[conventions]".to_owned(),
        remedy:
            "the names in models.toml differ from those of the last migration; take the change back: moving every table, role and policy \
                 to other names is a hand-written migration and a new snapshot"
                .to_owned(),
    })
}

/// The tables of both schemas, matched by name.
struct Compared<'a> {
    previous: &'a Schema,
    next: &'a Schema,
    /// The tables that come, each after those that it refers to.
    added: Vec<&'a Table>,
    /// The tables that go, each before those that it refers to.
    removed: Vec<&'a Table>,
    /// The tables that stay: before and after.
    kept: Vec<(&'a Table, &'a Table)>,
    /// The keys among the added tables that refer to a later one: table and constraint.
    closing: HashSet<(&'a Name, &'a str)>,
    /// The same among the removed tables.
    opening: HashSet<(&'a Name, &'a str)>,
}

impl<'a> Compared<'a> {
    fn new(previous: &'a Schema, next: &'a Schema) -> Self {
        let added = next.tables.iter().filter(|table| previous.table(&table.name).is_none()).collect();
        let removed = previous.tables.iter().filter(|table| next.table(&table.name).is_none()).collect();
        let kept = next.tables.iter().filter_map(|new| previous.table(&new.name).map(|old| (old, new))).collect();
        let (added, closing) = order::by_reference(added);
        let (mut removed, opening) = order::by_reference(removed);
        removed.reverse();
        Self { previous, next, added, removed, kept, closing, opening }
    }

    fn is_added(&self, name: &Name) -> bool {
        self.added.iter().any(|table| table.name == *name)
    }

    fn is_removed(&self, name: &Name) -> bool {
        self.removed.iter().any(|table| table.name == *name)
    }
}

/// `Customer.code`, or `Customer.(number, year)`.
fn subject(table: &Table, columns: &[String], tenant_column: &str) -> String {
    let columns: Vec<&str> = columns.iter().map(String::as_str).filter(|column| *column != tenant_column).collect();
    match columns.as_slice() {
        [] => table.model.clone(),
        [column] => format!("{}.{column}", table.model),
        several => format!("{}.({})", table.model, several.join(", ")),
    }
}
