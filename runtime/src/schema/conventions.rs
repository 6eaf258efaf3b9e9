//! Names that hold for all models of an application.

/// The conventions of an application, from `[conventions]` and `[sql]` of `models.toml`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conventions {
    /// The schema of the tenants' tables.
    pub schema: &'static str,
    /// The schema of the tenants and of what serves them.
    pub platform_schema: &'static str,
    /// The column that holds the tenant.
    pub tenant_column: &'static str,
    /// The prefix of the settings: `app` gives `app.tenant_id`, `app.actor_id` and `app.request_id`.
    pub settings: &'static str,
    /// The prefix of the roles: `tenantry` gives `tenantry_owner`, `tenantry_app` and so on.
    pub roles: &'static str,
    /// Tables without rows of tenants, each with its schema: `reference.countries`. Hand-written statements read them without a predicate
    /// and write none of them.
    pub shared: &'static [&'static str],
    /// The application's own functions that hand-written statements may call, each with its schema: `app.slug`. Whoever lists one vouches
    /// that it keeps to the tenant by itself.
    pub functions: &'static [&'static str],
    /// Views that hand-written statements may read, each with its schema: `app.open_orders`. They show the tenant column, and a statement
    /// compares it as that of a table.
    pub views: &'static [&'static str],
}

impl Conventions {
    /// What holds when `models.toml` says nothing.
    pub const DEFAULT: Self = Self {
        schema: "app",
        platform_schema: "tenancy",
        tenant_column: "tenant_id",
        settings: "app",
        roles: "tenantry",
        shared: &[],
        functions: &[],
        views: &[],
    };

    /// The name of a role: `role("app")` is `tenantry_app`.
    #[must_use]
    pub fn role(&self, suffix: &str) -> String {
        format!("{}_{suffix}", self.roles)
    }

    /// The channel on which the database tells that a tenant has changed (PostgreSQL manual, "NOTIFY").
    #[must_use]
    pub fn changes_channel(&self) -> String {
        format!("{}_changes", self.roles)
    }

    /// The setting that holds the tenant of a transaction.
    #[must_use]
    pub fn tenant_setting(&self) -> String {
        format!("{}.tenant_id", self.settings)
    }

    /// The setting that holds who acts.
    #[must_use]
    pub fn actor_setting(&self) -> String {
        format!("{}.actor_id", self.settings)
    }

    /// The setting that holds the request.
    #[must_use]
    pub fn request_setting(&self) -> String {
        format!("{}.request_id", self.settings)
    }

    /// The expression of every policy: the row's tenant is the transaction's. It is the bare form, without a sub-select, so that the
    /// planner keeps the statistics of the tenant; `nullif`, because a setting is `''` after the transaction that set it.
    #[must_use]
    pub fn fence(&self, column: &str) -> String {
        format!("{column} = nullif(current_setting('{}', true), '')::uuid", self.tenant_setting())
    }
}

impl Default for Conventions {
    fn default() -> Self {
        Self::DEFAULT
    }
}
