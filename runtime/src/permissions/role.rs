//! What somebody is for the tenant, and so may do.

use std::collections::BTreeSet;

use super::error::echo;
use super::{Grant, Permission, RoleError};
use crate::schema::is_permission;

/// The longest name, in characters.
const MAX_NAME: usize = 64;

/// A name, what it covers, and the fields that it may not set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    name: String,
    grants: Vec<Grant>,
    /// As `table.field`.
    readonly: BTreeSet<String>,
}

impl Role {
    /// A role with these grants.
    ///
    /// # Errors
    /// When the name is empty, longer than 64 characters or has control characters, or a text is no [`Grant`].
    pub fn new<'a>(name: &str, grants: impl IntoIterator<Item = &'a str>) -> Result<Self, RoleError> {
        if name.is_empty() || name.chars().nth(MAX_NAME).is_some() || name.chars().any(char::is_control) {
            return Err(RoleError::Name(echo(name)));
        }
        let grants = grants.into_iter().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), grants, readonly: BTreeSet::new() })
    }

    /// The same role, for which these fields are read-only, each as `table.field`.
    ///
    /// # Errors
    /// When a text is no `table.field`. Whether a model has the field is for [`Matrix::misfits`](super::Matrix::misfits) to say.
    pub fn readonly<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<Self, RoleError> {
        for field in fields {
            // Two words of the same form as a permission's, with a dot between them.
            if !is_field(field) {
                return Err(RoleError::Field(echo(field)));
            }
            self.readonly.insert(field.to_owned());
        }
        Ok(self)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it covers.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The fields that it may not set, as `table.field`, in alphabetical order.
    pub fn readonly_fields(&self) -> impl Iterator<Item = &str> {
        self.readonly.iter().map(String::as_str)
    }

    /// Whether one of its grants covers the permission.
    #[must_use]
    pub fn covers(&self, permission: &Permission) -> bool {
        self.grants.iter().any(|grant| grant.covers(permission))
    }

    /// Whether the field is read-only for it.
    #[must_use]
    pub fn is_readonly(&self, field: &str) -> bool {
        self.readonly.contains(field)
    }
}

fn is_field(text: &str) -> bool {
    text.split_once('.').is_some_and(|(table, field)| is_permission(&format!("{table}:{field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_covers_what_one_of_its_grants_covers() {
        let clerk = Role::new("clerk", ["customers:*", "orders:read"]).unwrap();
        for covered in ["customers:read", "customers:merge", "orders:read"] {
            assert!(clerk.covers(&Permission::of(covered)), "{covered}");
        }
        for other in ["orders:update", "customers_archive:read", "products:read"] {
            assert!(!clerk.covers(&Permission::of(other)), "{other}");
        }
        assert!(!Role::new("nobody", []).unwrap().covers(&Permission::of("customers:read")));
    }

    #[test]
    fn what_is_no_role_is_refused() {
        for name in ["", "a\nb", "\u{0}", &"n".repeat(65)] {
            assert!(matches!(Role::new(name, []), Err(RoleError::Name(_))), "{name:?}");
        }
        assert!(Role::new(&"ñ".repeat(64), []).is_ok());
        assert_eq!(Role::new("clerk", ["customers:*", "orders"]), Err(RoleError::Grant("orders".to_owned())));
        for field in ["", "customers", "customers.", ".name", "customers:name", "customers.*", "a.b.c", "Customers.name"] {
            let role = Role::new("clerk", ["*"]).unwrap().readonly(["customers.name", field]);
            assert_eq!(role, Err(RoleError::Field(field.to_owned())), "{field}");
        }
    }
}
