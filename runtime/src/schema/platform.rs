//! The platform's own tables, defined like any other model, so that one generator writes all tables.

pub(crate) mod people;
pub(crate) mod plans;

use super::{ColumnDef, Kind, Literal, ModelDef, ModelRef, Scope, Verbs};

/// The status of a tenant that is served.
pub(crate) const ACTIVE: &str = "active";
/// The status of a tenant that the operator has suspended.
pub(crate) const SUSPENDED: &str = "suspended";
/// The status of a tenant that is closed, for good.
pub(crate) const CLOSING: &str = "closing";
/// The status of a tenant that is still being made: what a row has that says nothing else.
pub(crate) const PROVISIONING: &str = "provisioning";

/// What a host looks like (POSIX regular expression): labels with dots between (RFC 1123, section 2.1), lower-case, letters outside of ASCII
/// as punycode. It is the one spelling that [`Host`](crate::layers::resolve::Host) writes.
pub const HOST_PATTERN: &str = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$";
/// The longest host in bytes (RFC 1035, section 2.3.4).
pub const MAX_HOST: u32 = 253;

/// What a tenant's slug looks like (POSIX regular expression): a label of a host name (RFC 1123, section 2.1), lower-case.
pub const SLUG_PATTERN: &str = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

/// The tenants of the database. Every tenant's table refers to it.
pub static TENANTS: ModelDef = ModelDef {
    name: "Tenant",
    table: "tenants",
    scope: Scope::Tenants,
    doc: "The tenants of this database.",
    columns: &[
        ColumnDef { doc: "The tenant.", ..ColumnDef::new("id", Kind::Id(TENANT), false) },
        ColumnDef { doc: "Its name in hosts and paths.", unique: true, ..ColumnDef::new("slug", Kind::Text, false) },
        ColumnDef { doc: "Its name for people.", max_len: Some(200), ..ColumnDef::new("name", Kind::Text, false) },
        ColumnDef {
            doc: "Whether it is served.",
            default: Some(Literal::Str(PROVISIONING)),
            ..ColumnDef::new("status", Kind::Enum(&[PROVISIONING, ACTIVE, SUSPENDED, CLOSING]), false)
        },
        ColumnDef { doc: "What it has agreed to; none has no limits.", ..ColumnDef::new("plan_id", Kind::Id(plans::PLAN), true) },
    ],
    uniques: &[],
    indexes: &[],
    routes: Verbs::NONE,
    permissions: &[],
};

const TENANT: ModelRef = ModelRef { name: "Tenant", table: "tenants", scope: Scope::Tenants, def: tenants };

fn tenants() -> &'static ModelDef {
    &TENANTS
}

/// The domains of the tenants. A host is one tenant's, in the whole database.
pub static DOMAINS: ModelDef = ModelDef {
    name: "Domain",
    table: "domains",
    scope: Scope::Domains,
    doc: "The domains of the tenants: by which host a request finds which of them.",
    columns: &[
        ColumnDef { doc: "The domain.", ..ColumnDef::new("id", Kind::Id(DOMAIN), false) },
        ColumnDef { doc: "The host, in the one spelling that it has.", unique: true, ..ColumnDef::new("host", Kind::Text, false) },
        ColumnDef {
            doc: "Whether it is the one that links lead to; at most one of a tenant is.",
            default: Some(Literal::Bool(false)),
            ..ColumnDef::new("is_primary", Kind::Bool, false)
        },
        ColumnDef {
            doc: "Whether it is answered at.",
            default: Some(Literal::Bool(false)),
            ..ColumnDef::new("is_active", Kind::Bool, false)
        },
        ColumnDef { doc: "When it was shown to be the tenant's.", ..ColumnDef::new("verified_at", Kind::Timestamp, true) },
    ],
    uniques: &[],
    indexes: &[],
    routes: Verbs::NONE,
    permissions: &[],
};

const DOMAIN: ModelRef = ModelRef { name: "Domain", table: "domains", scope: Scope::Domains, def: domains };

fn domains() -> &'static ModelDef {
    &DOMAINS
}

/// The platform's tables, each after those that it refers to.
pub(crate) static PLATFORM: [&ModelDef; 11] = [
    &plans::PLANS,
    &TENANTS,
    &DOMAINS,
    &people::IDENTITIES,
    &people::USERS,
    &people::ROLES,
    &people::USER_ROLES,
    &people::API_KEYS,
    &people::LOGINS,
    &people::INVITATIONS,
    &people::ACTS,
];

/// The platform's tables whose rows are a tenant's own, which the tenant's transactions write: users, roles, keys and the like, each after those
/// that it refers to. They refer to [people](people()), too, who are nobody's.
///
/// ```
/// let tables: Vec<&str> = tenantry::schema::platform::of_tenants().map(|model| model.table).collect();
/// assert!(tables.contains(&"users") && !tables.contains(&"identities"));
/// ```
pub fn of_tenants() -> impl Iterator<Item = &'static ModelDef> {
    PLATFORM.iter().copied().filter(|model| matches!(model.scope, Scope::Members | Scope::Credentials))
}

/// The table of the people.
///
/// ```
/// assert_eq!(tenantry::schema::platform::people().table, "identities");
/// ```
#[must_use]
pub fn people() -> &'static ModelDef {
    &people::IDENTITIES
}

/// Tables that no model of an application may take the name of: they would read like the platform's.
pub(crate) const RESERVED_TABLES: &[&str] = &["plans", "tenants", "domains", "identities", "_sqlx_migrations"];

/// First parts of paths that the service uses itself.
pub(crate) const RESERVED_PATHS: &[&str] = &["health", "metrics", "openapi", "docs", "auth", "api-keys"];
