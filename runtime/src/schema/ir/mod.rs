//! The whole schema as owned data: what the models ask of the database, before it is text.
//!
//! It is built from the models ([`Schema::of`]), kept in the committed snapshot, and compared ([`diff`](crate::diff)). It holds SQL
//! expressions, but no statement: those are written in [`sql`](crate::sql). Lists are in the order in which they are printed.

mod arm;
mod build;
mod functions;
mod lookup;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::quoted;

pub(crate) use build::{currency_of, text_literal};
pub(crate) use lookup::{TENANT_BY_HOST, TENANT_BY_ID, TENANT_BY_SLUG};

/// Everything that the generator writes: the functions of the platform and the tables.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The names that hold for all tables.
    pub names: Names,
    /// The functions that tables use.
    pub functions: Vec<Function>,
    /// The tables, the platform's first, then the models in the order of the manifest.
    pub tables: Vec<Table>,
}

impl Schema {
    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The table of the model with that Rust name.
    #[must_use]
    pub fn model(&self, model: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.model == model)
    }
}

/// The conventions, owned (see [`Conventions`](super::Conventions)).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The schema of the tenants' tables.
    pub schema: String,
    /// The schema of the platform's.
    pub platform_schema: String,
    /// The column that holds the tenant.
    pub tenant_column: String,
    /// The prefix of the settings.
    pub settings: String,
    /// The prefix of the roles.
    pub roles: String,
}

/// A table's or an index's name with its schema.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name {
    /// The schema.
    pub schema: String,
    /// The name in it.
    pub name: String,
}

impl Name {
    /// `schema.name`.
    #[must_use]
    pub fn new(schema: &str, name: &str) -> Self {
        Self { schema: schema.to_owned(), name: name.to_owned() }
    }
}

/// As it stands in SQL.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        format!("{}.{}", name.schema, name.name)
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once('.') {
            Some((schema, name)) if !schema.is_empty() && !name.is_empty() => Ok(Self::new(schema, name)),
            _ => Err(format!("`{text}` is not a table's name with its schema")),
        }
    }
}

/// A function.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its name. No two functions have the same.
    pub name: Name,
    /// What it is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// Why it is there; one line of a comment each.
    pub comment: Vec<String>,
    /// What it returns.
    pub returns: String,
    /// Everything after the return type; one line each.
    pub body: Vec<String>,
    /// The roles that may call it.
    pub execute: Vec<String>,
    /// The role that it belongs to and whose rights it has, where that is not the owner of the tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl Function {
    /// The types of the arguments: with the name, what tells it from others.
    #[must_use]
    pub fn signature(&self) -> String {
        let types: Vec<&str> = self.arguments.iter().map(|argument| argument.ty.sql()).collect();
        format!("{}({})", self.name, types.join(", "))
    }

    /// What stands between the dollar quotes, as the catalogue keeps it; none for a body that the server reads when the function is made.
    #[must_use]
    pub fn source(&self) -> Option<String> {
        let (_, inside) = self.body.split_at_checked(self.body.iter().position(|line| line == "as $$")? + 1)?;
        Some(format!("\n{}", inside.join("\n").strip_suffix("$$")?))
    }
}

/// An argument of a function.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
}

/// A table with all that belongs to it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// The Rust name of its model.
    pub model: String,
    /// The model's documentation.
    pub comment: String,
    /// Who may see a row.
    pub fence: Fence,
    /// The columns.
    pub columns: Vec<Column>,
    /// Primary key, foreign keys, unique keys, checks.
    pub constraints: Vec<Constraint>,
    /// The indexes beside those of the keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// The policies.
    pub policies: Vec<Policy>,
    /// What roles may do.
    pub grants: Vec<Grant>,
}

impl Table {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The tables that this one refers to, itself left out.
    pub fn parents(&self) -> impl Iterator<Item = &Name> {
        self.constraints.iter().filter_map(|constraint| match &constraint.rule {
            Rule::ForeignKey(key) if key.table != self.name => Some(&key.table),
            _ => None,
        })
    }
}

/// The kind of fence around a table's rows.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fence {
    /// A tenant sees its own rows.
    Tenant,
    /// The table of the tenants: a tenant sees its own row, the platform sees all, a look-up the one of its key.
    Tenants,
    /// The tenants' domains: a tenant sees its own, the platform sees all, a look-up the one of its key.
    Domains,
    /// The platform's tables with rows of one tenant each: a tenant sees its own.
    Members,
    /// The people of all tenants: the role that verifies them sees them, and no tenant.
    Identities,
    /// What the operator has done: the operator sees it, and no tenant.
    Acts,
    /// Rows of no tenant: all tenants see them, and the platform alone writes them.
    Shared,
}

/// A column.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether it takes null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// The expression of its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A type of PostgreSQL.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// `uuid`.
    Uuid,
    /// `text`.
    Text,
    /// `boolean`.
    Boolean,
    /// `integer`.
    Integer,
    /// `bigint`.
    Bigint,
    /// `date`.
    Date,
    /// `timestamptz`.
    Timestamptz,
}

impl Type {
    /// As it stands in SQL.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Date => "date",
            Self::Timestamptz => "timestamptz",
        }
    }
}

/// A constraint of a table.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Constraint {
    /// Its name, unique in the table.
    pub name: String,
    /// What it demands.
    #[serde(flatten)]
    pub rule: Rule,
}

/// What a constraint demands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The primary key.
    PrimaryKey(Vec<String>),
    /// The row that these columns name exists.
    ForeignKey(ForeignKey),
    /// No two rows hold the same; nulls are distinct.
    Unique(Vec<String>),
    /// An expression holds.
    Check(Check),
}

impl Rule {
    /// The columns that it is about.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match self {
            Self::PrimaryKey(columns) | Self::Unique(columns) => columns,
            Self::ForeignKey(key) => &key.columns,
            Self::Check(check) => &check.columns,
        }
    }
}

/// A foreign key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The columns here.
    pub columns: Vec<String>,
    /// The table there.
    pub table: Name,
    /// The columns there.
    pub references: Vec<String>,
    /// What happens to the row when the other one goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
}

/// What happens to a row when the one that it refers to is deleted; without one, that cannot be deleted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// It goes, too.
    Cascade,
    /// These columns become null.
    SetNull(Vec<String>),
}

/// A check.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The columns in it.
    pub columns: Vec<String>,
    /// The condition.
    pub expression: String,
}

/// An index.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Its name, unique in the schema.
    pub name: String,
    /// The columns in order.
    pub columns: Vec<String>,
    /// Whether no two of its rows hold the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// The rows that are in it; all of them without one.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// A trigger.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its name, unique in the table.
    pub name: String,
    /// The events.
    pub event: String,
    /// The condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The function that it runs for each row.
    pub function: Name,
}

/// A policy; the same expression holds for what is read and for what is written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name, unique in the table.
    pub name: String,
    /// Restrictive (all must hold) or permissive (one must).
    pub restrictive: bool,
    /// The role that it is for.
    pub role: String,
    /// The expression.
    pub expression: String,
    /// Whether it is for SELECT alone; otherwise it is for every command.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reads: bool,
}

/// What a role may do with a table.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role.
    pub role: String,
    /// `select`, `insert`, `delete`.
    pub table: Vec<String>,
    /// The columns that it may read, where it may not read all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// The columns that it may update.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub update: Vec<String>,
}
