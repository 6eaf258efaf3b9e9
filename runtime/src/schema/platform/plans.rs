//! What tenants may agree to.

use crate::schema::{ColumnDef, Kind, ModelDef, ModelRef, Scope, Verbs};

/// The longest name of a plan, in characters.
pub(crate) const MAX_PLAN: u32 = 64;

const fn limit(name: &'static str, doc: &'static str) -> ColumnDef {
    ColumnDef { doc, ..ColumnDef::new(name, Kind::I32, true) }
}

/// The plans, with their limits. Rows of no tenant: each tenant reads them, and the platform alone writes them.
pub(crate) static PLANS: ModelDef = ModelDef {
    doc: "What tenants may agree to, and what it limits.",
    columns: &[
        ColumnDef { doc: "The plan.", ..ColumnDef::new("id", Kind::Id(PLAN), false) },
        ColumnDef { doc: "Its name.", unique: true, max_len: Some(MAX_PLAN), ..ColumnDef::new("name", Kind::Text, false) },
        limit("max_users", "How many users a tenant may have that are let in; none is no limit."),
        limit("max_api_keys", "How many API keys it may have that are good; none is no limit."),
    ],
    routes: Verbs::NONE,
    ..ModelDef::new("Plan", "plans", Scope::Shared)
};

pub(super) const PLAN: ModelRef = ModelRef { name: "Plan", table: "plans", scope: Scope::Shared, def: || &PLANS };
