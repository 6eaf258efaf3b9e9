//! What a route asks of whoever sends a request.

use std::fmt;

use super::{Permission, Role};

/// What a route needs. A [`Permission`] is one that a role must cover; the others are said by name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Needs {
    /// Nothing: the route is for those who have not logged in. Its handler gets no [`TenantDb`](crate::TenantDb).
    Nothing,
    /// That somebody is a user of the tenant, for what is the user's own: roles play no part, scopes must cover the permission all the same.
    Own(Permission),
    /// A role that covers the permission, and a scope, where the credential has any.
    Role(Permission),
}

impl Needs {
    /// The permission, when there is one.
    #[must_use]
    pub const fn permission(&self) -> Option<&Permission> {
        match self {
            Self::Nothing => None,
            Self::Own(permission) | Self::Role(permission) => Some(permission),
        }
    }

    /// Whether the role is enough, or none is needed.
    #[must_use]
    pub fn are_met_by(&self, role: &Role) -> bool {
        match self {
            Self::Nothing | Self::Own(_) => true,
            Self::Role(permission) => role.covers(permission),
        }
    }
}

impl From<Permission> for Needs {
    fn from(permission: Permission) -> Self {
        Self::Role(permission)
    }
}

/// The permission, or `public`.
impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.permission().map_or("public", Permission::as_str))
    }
}
