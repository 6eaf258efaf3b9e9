//! From models to tables.

use super::{
    Check, Column, Constraint, Fence, ForeignKey, Grant, Index, Name, Names, OnDelete, Policy, Rule, Schema, Table, Trigger, Type,
    functions,
};
use crate::schema::platform::{HOST_PATTERN, MAX_HOST, PLATFORM, SLUG_PATTERN, TENANTS};
use crate::schema::{self, ColumnDef, Conventions, Kind, Literal, Managed, ModelDef, Money, Registry, Scope, identifier, quoted};

impl Schema {
    /// The schema of an application's models.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        Self::of_models(registry.models(), registry.conventions())
    }

    /// The schema of models that keep the laws of [`verify`](mod@schema::verify); the platform's tables come first.
    #[must_use]
    pub fn of_models(models: &[&'static ModelDef], conventions: &Conventions) -> Self {
        let platform = PLATFORM.iter().copied();
        let tables = platform.chain(models.iter().copied()).map(|model| TableBuilder { model, conventions }.build()).collect();
        Self { names: Names::of(conventions), functions: functions::all(conventions), tables }
    }
}

impl Names {
    fn of(conventions: &Conventions) -> Self {
        Self {
            schema: conventions.schema.to_owned(),
            platform_schema: conventions.platform_schema.to_owned(),
            tenant_column: conventions.tenant_column.to_owned(),
            settings: conventions.settings.to_owned(),
            roles: conventions.roles.to_owned(),
        }
    }
}

struct TableBuilder<'a> {
    model: &'static ModelDef,
    conventions: &'a Conventions,
}

impl TableBuilder<'_> {
    fn build(&self) -> Table {
        Table {
            name: self.table_name(self.model.table, self.model.scope),
            model: self.model.name.to_owned(),
            // A carriage return in a file is what git may change, and with it the checksum of the migration.
            comment: self.model.doc.trim().replace('\r', ""),
            fence: self.fence(),
            columns: self.columns(),
            constraints: self.constraints(),
            indexes: self.indexes(),
            triggers: self.triggers(),
            policies: self.policies(),
            grants: self.grants(),
        }
    }

    const fn fence(&self) -> Fence {
        match self.model.scope {
            Scope::Tenant => Fence::Tenant,
            Scope::Tenants => Fence::Tenants,
            Scope::Domains => Fence::Domains,
            Scope::Members | Scope::Credentials => Fence::Members,
            Scope::Identities => Fence::Identities,
            Scope::Acts => Fence::Acts,
            Scope::Shared => Fence::Shared,
        }
    }

    fn table_name(&self, table: &str, scope: Scope) -> Name {
        match scope {
            Scope::Tenant => Name::new(self.conventions.schema, table),
            _ => Name::new(self.conventions.platform_schema, table),
        }
    }

    fn is_tenants(&self) -> bool {
        self.model.scope == Scope::Tenants
    }

    const fn has_tenant(&self) -> bool {
        self.model.scope.has_tenant()
    }

    fn is_domains(&self) -> bool {
        self.model.scope == Scope::Domains
    }

    /// The columns of a unique key. A host is one tenant's alone, so its key is the platform's own and leaves the tenant out.
    fn unique(&self, columns: &[&str]) -> Rule {
        if self.is_domains() {
            return Rule::Unique(columns.iter().map(|column| (*column).to_owned()).collect());
        }
        Rule::Unique(self.scoped(columns))
    }

    /// The columns with the tenant in front of them, where rows belong to one.
    fn scoped(&self, columns: &[&str]) -> Vec<String> {
        self.scoped_to(self.model.scope, columns)
    }

    fn scoped_to(&self, scope: Scope, columns: &[&str]) -> Vec<String> {
        let tenant = scope.has_tenant().then_some(self.conventions.tenant_column);
        tenant.into_iter().chain(columns.iter().copied()).map(str::to_owned).collect()
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        if self.has_tenant() {
            let default = Some(functions::call_current_tenant(self.conventions));
            columns.push(Column { name: self.conventions.tenant_column.to_owned(), ty: Type::Uuid, nullable: false, default });
        }
        for column in self.model.columns {
            let (name, nullable, default) = (column.name.to_owned(), column.nullable, default_of(column));
            columns.push(Column { name, ty: type_of(column.kind), nullable, default });
            if column.kind == Kind::Money {
                columns.push(Column { name: currency_of(column), ty: Type::Text, nullable, default: None });
            }
        }
        columns
    }

    fn constraints(&self) -> Vec<Constraint> {
        let mut all = vec![self.named(&[], "pkey", Rule::PrimaryKey(self.scoped(&["id"])))];
        if self.has_tenant() {
            all.push(self.tenant_key());
        }
        all.extend(self.model.columns.iter().filter_map(|column| self.foreign_key(column)));
        for column in self.model.columns.iter().filter(|column| column.unique) {
            all.push(self.named(&[column.name], "key", self.unique(&[column.name])));
        }
        for unique in self.model.uniques {
            all.push(self.named(unique.columns, "key", self.unique(unique.columns)));
        }
        for column in self.model.columns {
            self.checks(column, &mut all);
        }
        all
    }

    fn named(&self, parts: &[&str], suffix: &str, rule: Rule) -> Constraint {
        let mut name = vec![self.model.table];
        name.extend(parts);
        name.push(suffix);
        Constraint { name: identifier(&name), rule }
    }

    fn tenant_key(&self) -> Constraint {
        let tenant = self.conventions.tenant_column;
        let table = self.table_name(TENANTS.table, Scope::Tenants);
        let key = ForeignKey { columns: vec![tenant.to_owned()], table, references: vec!["id".to_owned()], on_delete: None };
        self.named(&[tenant], "fkey", Rule::ForeignKey(key))
    }

    /// The key of a reference holds the tenant on both sides, so that a row of another tenant cannot be referred to; but for what belongs to
    /// no tenant. `set null` names its column, so that it spares the tenant.
    fn foreign_key(&self, column: &ColumnDef) -> Option<Constraint> {
        let target = column.reference()?;
        let on_delete = match column.on_delete {
            schema::OnDelete::Restrict => None,
            schema::OnDelete::Cascade => Some(OnDelete::Cascade),
            schema::OnDelete::SetNull => Some(OnDelete::SetNull(vec![column.name.to_owned()])),
        };
        let table = self.table_name(target.table, target.scope);
        let of = target.scope;
        let key = ForeignKey { columns: self.scoped_to(of, &[column.name]), table, references: self.scoped_to(of, &["id"]), on_delete };
        Some(self.named(&[column.name], "fkey", Rule::ForeignKey(key)))
    }

    fn checks(&self, column: &ColumnDef, all: &mut Vec<Constraint>) {
        let name = quoted(column.name);
        let mut check = |parts: &[&str], columns: &[&str], expression: String| {
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            all.push(self.named(parts, "check", Rule::Check(Check { columns, expression })));
        };
        match column.kind {
            Kind::Text if self.is_tenants() && column.name == "slug" => {
                check(&[column.name], &[column.name], format!("{name} ~ {}", text_literal(SLUG_PATTERN)));
            }
            Kind::Text if self.is_domains() && column.name == "host" => {
                check(&[column.name], &[column.name], format!("{name} ~ {}", text_literal(HOST_PATTERN)));
                check(&[column.name, "length"], &[column.name], format!("octet_length({name}) <= {MAX_HOST}"));
            }
            Kind::Text => {
                if let Some(max) = column.max_len {
                    check(&[column.name], &[column.name], format!("char_length({name}) <= {max}"));
                }
            }
            Kind::Enum(words) => {
                let words: Vec<String> = words.iter().map(|word| text_literal(word)).collect();
                check(&[column.name], &[column.name], format!("{name} in ({})", words.join(", ")));
            }
            // The trigger counts `version`; it would take three centuries of changes at a million a second to leave the range.
            Kind::I64 if column.managed == Managed::No => check(&[column.name], &[column.name], within_json(&name)),
            Kind::Money => {
                let currency = currency_of(column);
                let quoted_currency = quoted(&currency);
                check(&[column.name], &[column.name], within_json(&name));
                check(&[&currency], &[&currency], format!("{quoted_currency} ~ '^[A-Z]{{3}}$'"));
                if column.nullable {
                    let both = format!("({name} is null) = ({quoted_currency} is null)");
                    check(&[column.name, "both"], &[column.name, &currency], both);
                }
            }
            Kind::Date | Kind::Timestamp => check(&[column.name], &[column.name], format!("isfinite({name})")),
            Kind::I64 | Kind::I32 | Kind::Bool | Kind::Uuid | Kind::Id(_) => {}
        }
    }

    /// The indexes: the tenant leads each one. A unique key or a wider index that starts with the column serves it as well.
    fn indexes(&self) -> Vec<Index> {
        let mut indexes = Vec::new();
        for column in self.model.columns.iter().filter(|column| !column.is_key() && !column.unique) {
            if column.sort {
                indexes.push(self.index(&[column.name, "id"], &[column.name]));
                continue;
            }
            let starts_a_key = self.model.uniques.iter().any(|unique| unique.columns.first() == Some(&column.name));
            let starts_an_index = self.model.indexes.iter().any(|index| index.columns.first() == Some(&column.name));
            let wanted = column.index || column.filter || column.reference().is_some();
            if wanted && !starts_a_key && !starts_an_index {
                indexes.push(self.index(&[column.name], &[column.name]));
            }
        }
        indexes.extend(self.model.indexes.iter().map(|index| self.index(index.columns, index.columns)));
        if self.is_domains() {
            // Of the rows that say so there is one of each tenant.
            let one = self.index(&[], &["is_primary"]);
            indexes.push(Index { unique: true, condition: Some("is_primary".to_owned()), ..one });
        }
        indexes
    }

    fn index(&self, columns: &[&str], called: &[&str]) -> Index {
        let mut name = vec![self.model.table];
        name.extend(called);
        name.push("idx");
        Index { name: identifier(&name), columns: self.scoped(columns), unique: false, condition: None }
    }

    fn triggers(&self) -> Vec<Trigger> {
        let tenant = quoted(self.conventions.tenant_column);
        let function = |name: &str| Name::new(self.conventions.platform_schema, name);
        let changed = |name: &str| Trigger {
            name: name.to_owned(),
            event: "after insert or update or delete".to_owned(),
            when: None,
            function: function(name),
        };
        if self.is_tenants() {
            return vec![changed(functions::TENANT_CHANGED)];
        }
        let mut triggers = Vec::new();
        if self.has_tenant() {
            triggers.push(Trigger {
                name: "tenant_immutable".to_owned(),
                event: format!("before update of {tenant}"),
                when: Some(format!("old.{tenant} is distinct from new.{tenant}")),
                function: function(functions::REFUSE_TENANT_CHANGE),
            });
        }
        if self.model.columns.iter().any(|column| matches!(column.managed, Managed::Version | Managed::UpdatedAt)) {
            let (name, event) = ("touch".to_owned(), "before update".to_owned());
            triggers.push(Trigger { name, event, when: None, function: function(functions::TOUCH) });
        }
        if self.is_domains() {
            triggers.push(changed(functions::DOMAIN_CHANGED));
        }
        triggers
    }

    /// One expression for every policy of the table but the look-up role's, which has its own arms of it. The restrictive one is for PUBLIC,
    /// so that no permissive policy of a later day can widen it.
    fn policies(&self) -> Vec<Policy> {
        let (fence, role) = (self.fence(), |suffix| self.conventions.role(suffix));
        let expression = fence.expression(self.conventions);
        let policy = |name: &str, restrictive, role: String, expression: &str| Policy {
            name: name.to_owned(),
            restrictive,
            role,
            expression: expression.to_owned(),
            reads: false,
        };
        let inside: &[(&str, &str)] = match self.model.scope {
            Scope::Tenant | Scope::Credentials => &[("tenant_rows", "app")],
            Scope::Tenants | Scope::Domains | Scope::Members => &[("tenant_rows", "app"), ("platform_rows", "platform")],
            Scope::Identities => &[("identity_rows", "identity")],
            Scope::Acts | Scope::Shared => &[("platform_rows", "platform")],
        };
        let first = if fence == Fence::Shared {
            // There is nothing that a restrictive one could compare: who writes, the grants and the one policy for it say.
            Policy { reads: true, ..policy("shared_rows", false, role("app"), &expression) }
        } else {
            policy("tenant_fence", true, "public".to_owned(), &expression)
        };
        let mut policies = vec![first];
        policies.extend(inside.iter().map(|(name, suffix)| policy(name, false, role(suffix), &expression)));
        if fence.is_looked_up() {
            policies.push(policy("lookup_rows", false, role("lookup"), &fence.lookup_expression(self.conventions)));
        }
        policies
    }

    /// The app may not update the tenant, the key, or what the database manages.
    fn grants(&self) -> Vec<Grant> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (app, platform, lookup) = (self.conventions.role("app"), self.conventions.role("platform"), self.conventions.role("lookup"));
        let identity = self.conventions.role("identity");
        let mut update = Vec::new();
        for column in self.model.updatable() {
            update.push(column.name.to_owned());
            if column.kind == Kind::Money {
                update.push(currency_of(column));
            }
        }
        let grant = |role, table: &[&str], select: &[&str], update| Grant { role, table: words(table), select: words(select), update };
        // The look-up role reads what its functions name, and no content.
        match self.model.scope {
            Scope::Tenant | Scope::Credentials => vec![grant(app, &["select", "insert", "delete"], &[], update)],
            Scope::Members => {
                let all = ["select", "insert", "delete"];
                vec![grant(app, &all, &[], update.clone()), grant(platform, &all, &[], update)]
            }
            Scope::Identities => {
                // An address stays what it is, and a person is not deleted while somebody's user. When the password was set is for the role
                // to say, which sets it.
                update.retain(|column| column != "email");
                update.push("changed_at".to_owned());
                vec![grant(identity, &["select", "insert"], &[], update)]
            }
            // What was done is added to.
            Scope::Acts => vec![grant(platform, &["select", "insert"], &[], Vec::new())],
            Scope::Shared => vec![self.reading(app), grant(platform, &["select", "insert", "delete"], &[], update)],
            Scope::Tenants => vec![
                grant(app, &["select"], &[], Vec::new()),
                grant(platform, &["select", "insert"], &[], update),
                grant(lookup, &[], &["id", "slug", "status"], Vec::new()),
            ],
            Scope::Domains => {
                // A host stays what it is: another one is another domain, which is verified anew.
                update.retain(|column| column != "host");
                vec![
                    grant(app, &["select"], &[], Vec::new()),
                    grant(platform, &["select", "insert", "delete"], &[], update),
                    grant(lookup, &[], &[self.conventions.tenant_column, "host", "is_active", "verified_at"], Vec::new()),
                ]
            }
        }
    }
}

impl TableBuilder<'_> {
    /// What the application's role may read of what all tenants share. A row that is referred to bears a lock's mark in `xmax`, a system column:
    /// it would tell that some tenant has just referred to it, so the application's shared tables are read by columns. To the plans the
    /// platform alone refers.
    fn reading(&self, app: String) -> Grant {
        let is_platforms = PLATFORM.iter().any(|model| model.table == self.model.table);
        let (table, select) = if is_platforms {
            (vec!["select".to_owned()], Vec::new())
        } else {
            (Vec::new(), self.columns().into_iter().map(|c| c.name).collect())
        };
        Grant { role: app, table, select, update: Vec::new() }
    }
}

/// The name of the second column of money.
pub(crate) fn currency_of(column: &ColumnDef) -> String {
    format!("{}_currency", column.name)
}

fn within_json(name: &str) -> String {
    format!("{name} between -{max} and {max}", max = Money::MAX)
}

const fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Id(_) | Kind::Uuid => Type::Uuid,
        Kind::Text | Kind::Enum(_) => Type::Text,
        Kind::Bool => Type::Boolean,
        Kind::I32 => Type::Integer,
        Kind::I64 | Kind::Money => Type::Bigint,
        Kind::Date => Type::Date,
        Kind::Timestamp => Type::Timestamptz,
    }
}

fn default_of(column: &ColumnDef) -> Option<String> {
    match (column.managed, column.default) {
        (Managed::Version, _) => Some("1".to_owned()),
        (Managed::CreatedAt | Managed::UpdatedAt, _) => Some("now()".to_owned()),
        (Managed::No, None) => None,
        (Managed::No, Some(Literal::Str(text))) => Some(text_literal(text)),
        (Managed::No, Some(Literal::Int(number))) => Some(number.to_string()),
        (Managed::No, Some(Literal::Bool(value))) => Some(value.to_string()),
    }
}

/// A text as it stands in SQL. Backslashes are themselves (`standard_conforming_strings`, which is on since PostgreSQL 9.1).
pub(crate) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
