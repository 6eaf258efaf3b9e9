//! The definition of a model: plain constant data.

use std::fmt;

use super::{Action, Arg};

/// Everything that is known of a model. The attribute writes one, as a constant; all other parts read it.
#[derive(Clone, Copy, Debug)]
pub struct ModelDef {
    /// The Rust name of the struct, `Customer`.
    pub name: &'static str,
    /// The name of the table, without its schema: `customers`. It is the path of the routes, too.
    pub table: &'static str,
    /// Who may see a row.
    pub scope: Scope,
    /// The documentation of the struct: the comment of the table.
    pub doc: &'static str,
    /// The columns in the order of the fields, flattened bases in their place; the tenant column is not among them.
    pub columns: &'static [ColumnDef],
    /// Unique keys over several columns.
    pub uniques: &'static [Unique],
    /// Indexes over several columns.
    pub indexes: &'static [Index],
    /// The routes that are generated.
    pub routes: Verbs,
    /// The permissions that the routes need in place of `table:action`, for the actions that are named here.
    pub permissions: &'static [(Action, &'static str)],
}

impl ModelDef {
    /// A model without columns, with every route and none of the options: what the attribute starts from.
    #[must_use]
    pub const fn new(name: &'static str, table: &'static str, scope: Scope) -> Self {
        Self { name, table, scope, doc: "", columns: &[], uniques: &[], indexes: &[], routes: Verbs::ALL, permissions: &[] }
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns that a row is created with, in the order in which a [`NewRow`](crate::schema::NewRow) binds them: all but the key
    /// and what the database manages.
    pub fn insertable(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        self.columns.iter().filter(|column| column.is_insertable())
    }

    /// The columns that an update may change, in the order in which a [`Patch`](crate::schema::Patch) names them. These are the
    /// insertable ones: what a caller gives, a caller may change; but whose a user, a key or a login of the platform's tables is stays as it is.
    pub fn updatable(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        let is_fixed = matches!(self.scope, Scope::Domains | Scope::Members | Scope::Credentials);
        self.insertable().filter(move |column| !is_fixed || column.reference().is_none())
    }

    /// Whether the column stands in a unique key. Naming such a column in an UPDATE takes a stronger lock (PostgreSQL manual, 13.3.2), so
    /// statements leave them out unless they change.
    #[must_use]
    pub fn in_unique_key(&self, column: &str) -> bool {
        self.uniques.iter().any(|unique| unique.columns.contains(&column)) || self.column(column).is_some_and(|column| column.unique)
    }
}

/// Who may see the rows of a table, and so which fence it has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Rows that belong to one tenant; the key is (tenant, id).
    Tenant,
    /// The table of the tenants itself: a tenant sees its own row, the platform sees all of them.
    Tenants,
    /// The table of the tenants' domains: a tenant sees its own, the platform sees all of them.
    Domains,
    /// The platform's tables with rows of one tenant each: like [`Tenant`](Self::Tenant), and the operator sees them inside of that tenant's
    /// context.
    Members,
    /// The same, without the operator: what a tenant's users prove themselves by.
    Credentials,
    /// The people of all tenants: the role that verifies them sees them, and nobody else.
    Identities,
    /// What the operator has done: the operator sees it.
    Acts,
    /// Rows of no tenant, which every tenant reads and the platform alone writes.
    Shared,
}

impl Scope {
    /// Whether each row belongs to one tenant, which its table has a column for.
    #[must_use]
    pub const fn has_tenant(self) -> bool {
        match self {
            Self::Tenant | Self::Domains | Self::Members | Self::Credentials => true,
            Self::Tenants | Self::Identities | Self::Acts | Self::Shared => false,
        }
    }
}

/// A field of a model: one column, or two for [`Money`](crate::schema::Money).
#[derive(Clone, Copy, Debug)]
pub struct ColumnDef {
    /// The name of the field, the column and the JSON key.
    pub name: &'static str,
    /// The documentation of the field.
    pub doc: &'static str,
    /// What the column holds.
    pub kind: Kind,
    /// Whether the column takes null.
    pub nullable: bool,
    /// Unique within the tenant.
    pub unique: bool,
    /// Indexed.
    pub index: bool,
    /// A list may be filtered by it.
    pub filter: bool,
    /// A list may be sorted by it.
    pub sort: bool,
    /// The longest text, in characters.
    pub max_len: Option<u32>,
    /// What the column holds when nothing is given.
    pub default: Option<Literal>,
    /// What becomes of the row when the row that it refers to is deleted.
    pub on_delete: OnDelete,
    /// Not accepted over HTTP; business rules may set it.
    pub readonly: bool,
    /// Write-only: it stands in no JSON, filter, sort, log or `Debug`; business rules read it off the row.
    pub secret: bool,
    /// Who writes the column.
    pub managed: Managed,
}

impl ColumnDef {
    /// A column with none of the options: what the attribute starts from.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, nullable: bool) -> Self {
        Self {
            name,
            doc: "",
            kind,
            nullable,
            unique: false,
            index: false,
            filter: false,
            sort: false,
            max_len: None,
            default: None,
            on_delete: OnDelete::Restrict,
            readonly: false,
            secret: false,
            managed: Managed::No,
        }
    }

    /// The same column with that name.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// Whether this is the model's own key, `id`.
    #[must_use]
    pub fn is_key(&self) -> bool {
        matches!(self.kind, Kind::Id(_)) && self.name == "id"
    }

    /// Whether a row is created with a value for it: all but the key and what the database manages.
    #[must_use]
    pub fn is_insertable(&self) -> bool {
        !self.is_key() && self.managed == Managed::No
    }

    /// The model that the column refers to; none for the model's own key.
    #[must_use]
    pub fn reference(&self) -> Option<ModelRef> {
        match self.kind {
            Kind::Id(model) if !self.is_key() => Some(model),
            _ => None,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The key of a row of that model: the model's own, or a reference.
    Id(ModelRef),
    /// `text`.
    Text,
    /// `boolean`.
    Bool,
    /// `integer`.
    I32,
    /// `bigint`, within ±(2^53 − 1), so that it is a number in every JSON reader.
    I64,
    /// Two columns: minor units (`bigint`) and the currency (`text`).
    Money,
    /// `date`.
    Date,
    /// `timestamptz`, in microseconds.
    Timestamp,
    /// `uuid`.
    Uuid,
    /// `text` with a CHECK: one of these words.
    Enum(&'static [&'static str]),
}

impl Kind {
    /// How many columns of the table a field of this kind takes.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Money => 2,
            _ => 1,
        }
    }

    /// Adds as many nulls as the kind is wide, each of its type.
    pub fn bind_null(self, args: &mut Vec<Arg>) {
        match self {
            Self::Id(_) | Self::Uuid => args.push(Arg::Uuid(None)),
            Self::Text | Self::Enum(_) => args.push(Arg::Text(None)),
            Self::Bool => args.push(Arg::Bool(None)),
            Self::I32 => args.push(Arg::I32(None)),
            Self::I64 => args.push(Arg::I64(None)),
            Self::Money => args.extend([Arg::I64(None), Arg::Text(None)]),
            Self::Date => args.push(Arg::Date(None)),
            Self::Timestamp => args.push(Arg::Timestamp(None)),
        }
    }
}

/// A model that another one refers to. It holds a function instead of the definition, so that two models may refer to each other.
#[derive(Clone, Copy)]
pub struct ModelRef {
    /// The Rust name of the struct.
    pub name: &'static str,
    /// The name of the table.
    pub table: &'static str,
    /// Its scope.
    pub scope: Scope,
    /// Its definition.
    pub def: fn() -> &'static ModelDef,
}

impl fmt::Debug for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelRef({})", self.name)
    }
}

impl PartialEq for ModelRef {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}

impl Eq for ModelRef {}

/// A default, as it stands in the attribute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Literal {
    /// For text and enums.
    Str(&'static str),
    /// For integers.
    Int(i64),
    /// For booleans.
    Bool(bool),
}

/// What happens to a row when the row that it refers to is deleted (PostgreSQL manual, 5.5.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnDelete {
    /// The other row cannot be deleted: `NO ACTION`.
    Restrict,
    /// The row goes, too.
    Cascade,
    /// The reference becomes null; the tenant column stays.
    SetNull,
}

/// A column that the database writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Managed {
    /// Not this one: callers write it.
    No,
    /// Set when the row is made.
    CreatedAt,
    /// Set when the row is changed.
    UpdatedAt,
    /// One more with each change.
    Version,
}

/// A unique key over several columns, within the tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unique {
    /// The columns in order.
    pub columns: &'static [&'static str],
}

/// An index over several columns; the tenant column leads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Index {
    /// The columns in order.
    pub columns: &'static [&'static str],
}

/// What a generated route does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verb {
    /// `GET /table`.
    List,
    /// `GET /table/{id}`.
    Get,
    /// `POST /table`.
    Create,
    /// `PATCH /table/{id}`.
    Patch,
    /// `DELETE /table/{id}`.
    Delete,
}

impl Verb {
    /// Every verb, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::List, Self::Get, Self::Create, Self::Patch, Self::Delete];

    /// The word that stands in `routes(…)`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

/// A set of verbs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verbs(pub &'static [Verb]);

impl Verbs {
    /// All of them.
    pub const ALL: Self = Self(&Verb::ALL);
    /// None: the model has no routes.
    pub const NONE: Self = Self(&[]);

    /// Whether the verb is in the set.
    #[must_use]
    pub fn has(self, verb: Verb) -> bool {
        self.0.contains(&verb)
    }
}
