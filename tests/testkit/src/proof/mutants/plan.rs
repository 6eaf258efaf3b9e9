//! The models as mutants and probes need them: their tables, and the rows that the two tenants have.
//!
//! Ids are fixed, so that a script means the same in every run, and everything of the victim's can be told by its ids.

use tenantry::schema::ir::{Column, Constraint, Fence, ForeignKey, Name, Rule, Schema, Table, Type};
use tenantry::schema::{ColumnDef, Kind, Managed, ModelDef, Scope, quoted};
use tenantry::{Conventions, Entry, Registry};

use super::super::value::quoted as literal;
use super::MutantsError;

/// One of the two tenants. Their ids begin alike, so that a policy that compares beginnings is seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tenant {
    /// Who attacks.
    A,
    /// Who must not notice.
    B,
}

impl Tenant {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::A => "cccccccc-0000-7000-8000-00000000000a",
            Self::B => "cccccccc-0000-7000-8000-00000000000b",
        }
    }

    /// How the ids of its rows begin.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::A => "aaaaaaaa-",
            Self::B => "bbbbbbbb-",
        }
    }

    /// Makes values of the two tenants differ, where a key would be taken otherwise.
    const fn offset(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 12,
        }
    }
}

/// Whose marks the rows have that belong to no tenant.
const SHARING: Tenant = Tenant::A;

/// A tenant that there is none.
pub(super) const NOBODY: &str = "dddddddd-0000-7000-8000-00000000000d";
/// How many rows of each model a tenant has, and of each shared one there are; but for what is referred to by a key: [`Plan::rows`].
const ROWS: usize = 2;
/// The number of a row that is not there yet.
pub(super) const FRESH: usize = 9;

/// Whether a text holds something of the victim's.
pub(super) fn shows_victim(text: &str) -> bool {
    text.contains(Tenant::B.id()) || text.contains(Tenant::B.mark())
}

/// Where a foreign key with that column leads.
pub(super) fn leads<'a>(table: &'a Table, column: &str) -> Option<&'a Name> {
    table.constraints.iter().find_map(|constraint| match &constraint.rule {
        Rule::ForeignKey(key) if key.columns.iter().any(|other| other == column) => Some(&key.table),
        _ => None,
    })
}

/// The models, their tables and their conventions.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) entries: &'static [Entry],
    pub(super) conventions: Conventions,
    pub(super) schema: Schema,
    models: Vec<&'static ModelDef>,
}

impl Plan {
    pub(super) fn new(entries: &'static [Entry], conventions: Conventions) -> Result<Self, MutantsError> {
        let registry = Registry::new(entries, conventions)
            .map_err(|violations| MutantsError::Models(violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
        let (schema, models) = (Schema::of(&registry), registry.models().to_vec());
        let plan = Self { entries, conventions, schema, models };
        if plan.tables().next().is_none() {
            return Err(MutantsError::Models("there is no model with rows of tenants".to_owned()));
        }
        Ok(plan)
    }

    /// The tables of the tenants' rows.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.schema.tables.iter().filter(|table| table.fence == Fence::Tenant)
    }

    /// The table of the tenants.
    pub(super) fn tenants(&self) -> Option<&Table> {
        self.schema.tables.iter().find(|table| table.fence == Fence::Tenants)
    }

    /// The tenant column, quoted.
    pub(super) fn tenant(&self) -> String {
        quoted(self.conventions.tenant_column)
    }

    /// The expression of every policy.
    pub(super) fn fence(&self) -> String {
        self.conventions.fence(&self.tenant())
    }

    /// The setting's value, as the policies read it, before it becomes a uuid.
    pub(super) fn setting(&self) -> String {
        format!("nullif(current_setting('{}', true), '')", self.conventions.tenant_setting())
    }

    pub(super) fn role(&self, suffix: &str) -> String {
        quoted(&self.conventions.role(suffix))
    }

    /// A name in the schema of the tenants' tables.
    pub(super) fn in_schema(&self, name: &str) -> String {
        Name::new(self.conventions.schema, name).to_string()
    }

    /// `set local …`: the context of that tenant.
    pub(super) fn enter(&self, tenant: &str) -> String {
        format!("set local {} = '{tenant}'", self.conventions.tenant_setting())
    }

    /// The keys of a table that lead to another row of the same tenant: the constraint, the key, and the column of the reference.
    pub(super) fn references<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = (&'a Constraint, &'a ForeignKey, &'a str)> {
        table.constraints.iter().filter_map(|constraint| match &constraint.rule {
            Rule::ForeignKey(key) if key.columns.iter().any(|column| column == self.conventions.tenant_column) => {
                let column = key.columns.iter().find(|column| *column != self.conventions.tenant_column)?;
                Some((constraint, key, column.as_str()))
            }
            _ => None,
        })
    }

    /// The unique keys of a table: the constraint, and its columns without the tenant.
    pub(super) fn uniques<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = (&'a Constraint, Vec<&'a str>)> {
        table.constraints.iter().filter_map(|constraint| match &constraint.rule {
            Rule::Unique(columns) => {
                let columns = columns.iter().map(String::as_str).filter(|column| *column != self.conventions.tenant_column);
                Some((constraint, columns.collect()))
            }
            _ => None,
        })
    }

    /// An assignment that changes no value, of the first column that the app may update.
    pub(super) fn itself(&self, table: &Table) -> Option<String> {
        let column = table.grants.iter().find_map(|grant| grant.update.first())?;
        Some(format!("{0} = {0}", quoted(column)))
    }

    /// An assignment that reads no column, since a statement that reads one is held back by the policy for SELECT, too. It takes a column
    /// that stands in no unique key, which two rows could not share.
    pub(super) fn constant(&self, table: &Table) -> Option<String> {
        let row = self.row(table, Tenant::A, 1);
        let keys: Vec<&str> = self.uniques(table).flat_map(|(_, columns)| columns).collect();
        let mut columns = table.grants.iter().flat_map(|grant| &grant.update).filter(|column| !keys.contains(&column.as_str()));
        columns.find_map(|column| {
            let (_, value) = row.iter().find(|(name, _)| name == column)?;
            Some(format!("{} = {value}", quoted(column)))
        })
    }

    /// The tables so that each stands before those that its rows refer to.
    pub(super) fn children_first(&self) -> Vec<&Table> {
        let mut left: Vec<&Table> = self.tables().collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let referred = |name: &Name| left.iter().any(|other| other.parents().any(|parent| parent == name));
            // In a circle one is as good as another.
            let next = left.iter().position(|table| !referred(&table.name)).unwrap_or_default();
            order.push(left.remove(next));
        }
        order
    }

    pub(super) fn id(&self, table: &Name, tenant: Tenant, row: usize) -> String {
        let place = self.schema.tables.iter().position(|other| other.name == *table).unwrap_or_default();
        format!("{}00{place:02x}-7000-8000-{row:012x}", tenant.mark())
    }

    /// The columns of a row and their literals; what the database manages is left to it.
    pub(super) fn row(&self, table: &Table, tenant: Tenant, row: usize) -> Vec<(String, String)> {
        let has_tenant = table.column(self.conventions.tenant_column).is_some();
        let mut values: Vec<(String, String)> =
            has_tenant.then(|| (self.conventions.tenant_column.to_owned(), literal(tenant.id()))).into_iter().collect();
        let Some(model) = self.models.iter().find(|model| model.name == table.model) else { return values };
        for column in model.columns.iter().filter(|column| column.managed == Managed::No) {
            if column.is_key() {
                values.push((column.name.to_owned(), literal(&self.id(&table.name, tenant, row))));
            } else {
                self.value(table, column, tenant, row, &mut values);
            }
        }
        values
    }

    fn value(&self, table: &Table, column: &ColumnDef, tenant: Tenant, row: usize, values: &mut Vec<(String, String)>) {
        let number = tenant.offset() + row;
        let name = column.name.to_owned();
        let value = match column.kind {
            Kind::Id(model) if model.scope == Scope::Tenants => tenant.id().to_owned(),
            Kind::Id(model) => {
                let Some(there) = self.schema.tables.iter().find(|table| table.name.name == model.table) else { return };
                let Some(row) = self.referred(table, column, there, row) else { return };
                self.id(&there.name, if model.scope == Scope::Shared { SHARING } else { tenant }, row)
            }
            // The first character differs, however short the text may be.
            Kind::Text => {
                let digit = u32::try_from(number).ok().and_then(|number| char::from_digit(number, 36)).unwrap_or_default();
                format!("{digit}-of-the-tenant").chars().take(column.max_len.unwrap_or(60) as usize).collect()
            }
            Kind::Enum(words) => words.first().copied().unwrap_or_default().to_owned(),
            Kind::Bool => "false".to_owned(),
            Kind::I32 | Kind::I64 => number.to_string(),
            Kind::Money => {
                values.push((format!("{name}_currency"), literal("EUR")));
                number.to_string()
            }
            Kind::Date => format!("2026-01-{:02}", number + 1),
            Kind::Timestamp => format!("2026-01-{:02}T00:00:00Z", number + 1),
            Kind::Uuid => format!("eeeeeeee-0000-7000-8000-{number:012x}"),
        };
        values.push((name, literal(&value)));
    }

    /// How many rows there are of a table. Where a key contains a reference, there is one more to refer to than rows that do, so that a row
    /// that is not there yet has one that is free.
    pub(super) fn rows(&self, table: &Table) -> usize {
        (ROWS + self.spare(table, &mut Vec::new())).min(FRESH - 1)
    }

    fn spare<'a>(&'a self, table: &'a Table, path: &mut Vec<&'a Name>) -> usize {
        path.push(&table.name);
        let mut spare = 0;
        for other in &self.schema.tables {
            if !path.contains(&&other.name)
                && other.columns.iter().any(|c| leads(other, &c.name) == Some(&table.name) && self.is_in_key(other, &c.name))
            {
                spare = spare.max(1 + self.spare(other, path));
            }
        }
        path.pop();
        spare
    }

    fn is_in_key(&self, table: &Table, column: &str) -> bool {
        self.uniques(table).any(|(_, columns)| columns.contains(&column))
    }

    /// Which row a row refers to: one that is there. None where keys go in a circle, and none is free.
    fn referred(&self, table: &Table, column: &ColumnDef, there: &Table, row: usize) -> Option<usize> {
        let last = self.rows(there);
        let is_taken = row == FRESH && self.is_in_key(table, column.name) && last <= self.rows(table);
        (!is_taken || !column.nullable).then_some(row.min(last))
    }

    /// An INSERT of those values, without RETURNING, which the policy for SELECT would guard, too.
    pub(super) fn insert(&self, table: &Table, values: &[(String, String)]) -> String {
        let (names, values): (Vec<String>, Vec<&str>) = values.iter().map(|(name, value)| (quoted(name), value.as_str())).unzip();
        format!("insert into {} ({}) values ({})", table.name, names.join(", "), values.join(", "))
    }

    /// A row that is not there yet, with some values replaced.
    pub(super) fn fresh(&self, table: &Table, tenant: Tenant, replaced: &[(&str, String)]) -> Vec<(String, String)> {
        let replace = |(name, value): (String, String)| match replaced.iter().find(|(other, _)| *other == name) {
            Some((_, new)) => (name, new.clone()),
            None => (name, value),
        };
        self.row(table, tenant, FRESH).into_iter().map(replace).collect()
    }

    /// A row of one of the platform's tables: what takes null or has a default is left out.
    fn plain(&self, table: &Table, tenant: Tenant) -> Vec<(String, String)> {
        let value = |column: &Column| match (column.name.as_str(), column.ty) {
            (name, _) if name == self.conventions.tenant_column => tenant.id().to_owned(),
            ("id", _) => self.id(&table.name, tenant, 1),
            (name, Type::Uuid) => match leads(table, name) {
                Some(other) => self.id(other, tenant, 1),
                None => NOBODY.to_owned(),
            },
            (_, Type::Boolean) => "false".to_owned(),
            (_, Type::Integer | Type::Bigint) => "1".to_owned(),
            (_, Type::Date | Type::Timestamptz) => "2026-01-01".to_owned(),
            (_, Type::Text) => format!("{}text", tenant.mark()),
        };
        let kept = |column: &&Column| !column.nullable && (column.default.is_none() || column.name == self.conventions.tenant_column);
        table.columns.iter().filter(kept).map(|column| (column.name.clone(), literal(&value(column)))).collect()
    }

    /// Whether it is the table of a shared model of the application.
    fn is_models(&self, table: &Table) -> bool {
        table.fence == Fence::Shared && self.models.iter().any(|model| model.name == table.model)
    }

    /// Another row of a table of the platform that nobody's row is in.
    pub(super) fn another(&self, table: &Table) -> Vec<(String, String)> {
        if self.is_models(table) {
            return self.row(table, SHARING, FRESH);
        }
        let replaced = |(name, value): (String, String)| match name.as_str() {
            "id" => (name, literal(NOBODY)),
            _ if value.ends_with("text'") => (name, literal("another")),
            _ => (name, value),
        };
        self.plain(table, Tenant::A).into_iter().map(replaced).collect()
    }

    /// Both tenants and their rows, as the administrator puts them there. The victim's come first, so that a scan meets them first.
    /// Triggers are off, so that references may go in circles.
    pub(super) fn furnish(&self) -> Vec<String> {
        let mut statements = vec!["set local session_replication_role = replica".to_owned()];
        for tenant in [Tenant::B, Tenant::A] {
            if let Some(tenants) = self.tenants() {
                let slug = if tenant == Tenant::A { "a" } else { "b" };
                let (name, id) = (&tenants.name, tenant.id());
                statements.push(format!("insert into {name} (id, slug, name, status) values ('{id}', '{slug}', '{slug}', 'active')"));
                let (domains, column) = (Name::new(self.conventions.platform_schema, "domains"), self.tenant());
                statements.push(format!("insert into {domains} ({column}, id, host) values ('{id}', '{id}', '{slug}.example')"));
            }
            let platforms = self.schema.tables.iter();
            for table in platforms.filter(|table| matches!(table.fence, Fence::Members | Fence::Identities | Fence::Acts | Fence::Shared)) {
                if self.is_models(table) {
                    // What all tenants share is there once.
                    let rows = (1..=self.rows(table))
                        .filter(|_| tenant == Tenant::B)
                        .map(|row| self.insert(table, &self.row(table, SHARING, row)));
                    statements.extend(rows);
                    continue;
                }
                statements.push(self.insert(table, &self.plain(table, tenant)));
            }
            for table in self.tables() {
                statements.extend((1..=self.rows(table)).map(|row| self.insert(table, &self.row(table, tenant, row))));
            }
        }
        statements
    }
}

#[cfg(test)]
mod tests;
