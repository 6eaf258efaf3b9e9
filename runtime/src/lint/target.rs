//! What the linter expects of a database.

use crate::schema::ir::Fence;
use crate::schema::platform::people::{ACTS, IDENTITIES};
use crate::schema::platform::{DOMAINS, PLATFORM, TENANTS};
use crate::schema::{Conventions, Scope, quoted};
use crate::sql::server;

/// What a database is audited against: names, and the expression that fences. Either the conventions of Tenantry, from which everything
/// follows to the letter, or, for a database that somebody else made, as much as its owner can say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    pub(super) tenant_column: String,
    pub(super) schemas: Vec<String>,
    pub(super) setting: String,
    pub(super) fence: String,
    pub(super) roles: Vec<String>,
    pub(super) definers: Vec<String>,
    pub(super) shared: Vec<String>,
    pub(super) arms: Vec<Arm>,
    pub(super) global_keys: Vec<String>,
    pub(super) tenant_default: Option<String>,
    pub(super) tenant_trigger: Option<String>,
    pub(super) event_trigger: Option<String>,
    pub(super) tenant_type: Option<String>,
    pub(super) floors: Vec<(u32, u32)>,
    pub(super) house: bool,
}

/// A fence with a further arm that is meant: only on that table, only for that role, only with that text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Arm {
    pub(super) relation: String,
    pub(super) role: String,
    pub(super) expression: String,
}

/// Why names cannot be a [`Target`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` cannot be {what}: use letters, digits and underscores{also}")]
pub struct TargetError {
    what: &'static str,
    name: String,
    also: &'static str,
}

/// The roles, by suffix, that may own narrow definer functions.
const DEFINERS: [&str; 5] = ["lookup", "series", "audit", "queue", "context"];

impl Target {
    /// A database that Tenantry made: every table in its schemas is fenced, and by exactly these texts.
    #[must_use]
    pub fn of(conventions: &Conventions) -> Self {
        let platform = &conventions.platform_schema;
        let arm = |fence: Fence, table: &str, role| {
            let expression = if role == "lookup" { fence.deparsed_lookup(conventions) } else { fence.deparsed_whole(conventions) };
            Arm { relation: format!("{}.{table}", quoted(platform)), role: conventions.role(role), expression }
        };
        let looked_up = [(Fence::Tenants, TENANTS.table), (Fence::Domains, DOMAINS.table)].into_iter();
        let looked_up = looked_up.flat_map(|(fence, table)| [arm(fence, table, "platform"), arm(fence, table, "lookup")]);
        let nobodys = [arm(Fence::Identities, IDENTITIES.table, "identity"), arm(Fence::Acts, ACTS.table, "platform")];
        let listed = conventions.shared.iter().map(|name| name.split('.').map(quoted).collect::<Vec<_>>().join("."));
        let own = PLATFORM.iter().filter(|model| model.scope == Scope::Shared).map(|model| model.table).chain(["_sqlx_migrations"]);
        let shared = own.map(|table| format!("{}.{table}", quoted(platform))).chain(listed).collect();
        Self {
            tenant_column: conventions.tenant_column.to_owned(),
            schemas: vec![conventions.schema.to_owned(), (*platform).to_owned()],
            setting: conventions.tenant_setting(),
            fence: format!("^{}$", literally(&Fence::Tenant.deparsed_whole(conventions))),
            roles: ["app", "platform", "identity"].map(|suffix| conventions.role(suffix)).to_vec(),
            definers: DEFINERS.iter().map(|suffix| conventions.role(suffix)).collect(),
            shared,
            arms: looked_up.chain(nobodys).collect(),
            global_keys: vec![format!("{}.domains_host_key", quoted(platform))],
            tenant_default: Some(format!("{}.current_tenant()", quoted(platform))),
            tenant_trigger: Some(format!("{}.refuse_tenant_change", quoted(platform))),
            event_trigger: Some(format!("{}_enable_row_security", conventions.roles)),
            tenant_type: Some("uuid".to_owned()),
            floors: server::FLOORS.to_vec(),
            house: true,
        }
    }

    /// Any database: the tables that have the tenant column, compared with that setting in any of the usual ways. `roles` are what the
    /// service logs in with. Without schemas it is every schema but PostgreSQL's own.
    ///
    /// # Errors
    /// When the column is no plain name, or the setting is not `prefix.name`.
    pub fn any(tenant_column: &str, setting: &str, schemas: &[String], roles: &[String]) -> Result<Self, TargetError> {
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let refused = |what, name: &str, also| TargetError { what, name: name.escape_debug().to_string(), also };
        if !plain(tenant_column) {
            return Err(refused("the tenant column", tenant_column, ""));
        }
        if !setting.split_once('.').is_some_and(|(prefix, name)| plain(prefix) && name.split('.').all(plain)) {
            return Err(refused("the setting that holds the tenant", setting, ", with a point between prefix and name"));
        }
        Ok(Self {
            tenant_column: tenant_column.to_owned(),
            schemas: schemas.to_vec(),
            setting: setting.to_owned(),
            fence: usual_fence(tenant_column, setting),
            roles: roles.to_vec(),
            definers: Vec::new(),
            shared: Vec::new(),
            arms: Vec::new(),
            global_keys: Vec::new(),
            tenant_default: None,
            tenant_trigger: None,
            event_trigger: None,
            tenant_type: None,
            floors: server::FLOORS.to_vec(),
            house: false,
        })
    }

    /// Takes tables (`schema.table`) out that all tenants share.
    #[must_use]
    pub fn with_shared(mut self, tables: impl IntoIterator<Item = String>) -> Self {
        self.shared.extend(tables);
        self
    }

    /// Replaces the oldest minor version that is accepted of each major version.
    #[must_use]
    pub fn with_floors(mut self, floors: &[(u32, u32)]) -> Self {
        self.floors = floors.to_vec();
        self
    }
}

/// The comparison as the server writes it back, in the forms that people use: with or without `missing_ok`, `nullif`, a cast, a bare
/// sub-select around the setting.
fn usual_fence(tenant_column: &str, setting: &str) -> String {
    let (column, setting) = (literally(&quoted(tenant_column)), literally(setting));
    let read = format!(r"current_setting\('{setting}'::text(, (true|false))?\)");
    format!(r#"^\({column} = \(*( SELECT )?\(*(NULLIF\()?{read}(, ''::text\))?\)*(::[a-z ]+)?( AS "?[a-z_0-9]+"?)?\)*$"#)
}

/// A regular expression that matches just this text (manual, 9.7.3.3: a backslash before what is no letter or digit).
fn literally(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for char in text.chars() {
        if char.is_ascii() && !char.is_ascii_alphanumeric() && char != '_' {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none_are_refused() {
        let any = |column: &str, setting: &str| Target::any(column, setting, &[], &["app".to_owned()]).map_err(|error| error.to_string());
        assert!(any("tenant_id", "app.tenant_id").is_ok() && any("TenantId", "my.app.tenant").is_ok());
        assert_eq!(any("a b", "app.t").unwrap_err(), "`a b` cannot be the tenant column: use letters, digits and underscores");
        for setting in ["tenant", "", ".", "app.", "app.t'; drop"] {
            assert!(any("tenant_id", setting).unwrap_err().contains("a point between"), "{setting}");
        }
        assert!(any("a\u{1b}[2J", "app.t").unwrap_err().starts_with("`a\\u{1b}[2J`"));
    }

    #[test]
    fn a_text_matches_itself_only() {
        assert_eq!(literally("(a = 'x.y'::text)"), r"\(a\ \=\ \'x\.y\'\:\:text\)");
        assert_eq!(literally("tenant_id"), "tenant_id");
    }
}
