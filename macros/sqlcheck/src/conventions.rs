//! What a text alone does not show.

/// The names that the check goes by. A relation that is not called shared here is taken for one with rows of tenants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conventions<'a> {
    /// The column that holds the tenant: `tenant_id`.
    pub tenant_column: &'a str,
    /// Relations without rows of tenants, each with its schema: `reference.countries`. They need no predicate and cannot be written.
    pub shared: &'a [&'a str],
    /// The application's own functions that statements may call, each with its schema: `app.slug`.
    pub functions: &'a [&'a str],
    /// Functions that are not PostgreSQL's own, that the login can call and that `functions` does not list: bare names as the catalogue has
    /// them, sorted. A call without a schema is refused when its name is one of them. Unknown at compile time, and so empty there.
    pub unlisted_functions: &'a [&'a str],
    /// Those of them that take one row, so that `x.name` calls them; sorted. A column reference is refused when its name is one of them.
    pub unlisted_fields: &'a [&'a str],
}

impl Conventions<'static> {
    /// What holds when `models.toml` says nothing.
    pub const DEFAULT: Self =
        Self { tenant_column: "tenant_id", shared: &[], functions: &[], unlisted_functions: &[], unlisted_fields: &[] };
}

impl Default for Conventions<'static> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
