//! The platform's own tables, defined like any other model, so that one generator writes all tables.

use super::{ColumnDef, Kind, Literal, ModelDef, ModelRef, Scope, Verbs};

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
            default: Some(Literal::Str("active")),
            ..ColumnDef::new("status", Kind::Enum(&["active", "suspended"]), false)
        },
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

/// Tables that no model of an application may take the name of: they would read like the platform's.
pub(crate) const RESERVED_TABLES: &[&str] = &["tenants", "_sqlx_migrations"];

/// First parts of paths that the service uses itself.
pub(crate) const RESERVED_PATHS: &[&str] = &["health", "metrics", "openapi", "docs"];
