//! Who asks, and what follows from it for one permission.

use std::sync::Arc;

use super::{Grant, Permission, Role};
use crate::mutants::mutant;
use crate::schema::Actor;

/// Who asks: a person or a key of the tenant, with the roles that it has there. A layer that has found it out puts it into the request.
///
/// Roles add up: what one of them covers, the caller may. Scopes narrow: with them, what none of the scopes covers, the caller may not,
/// whatever the roles.
#[derive(Clone, Debug)]
pub struct Caller {
    subject: Actor,
    roles: Vec<Arc<Role>>,
    scopes: Option<Arc<[Grant]>>,
}

impl Caller {
    /// A caller with these roles, which may be shared.
    pub fn new<R: Into<Arc<Role>>>(subject: Actor, roles: impl IntoIterator<Item = R>) -> Self {
        Self { subject, roles: roles.into_iter().map(Into::into).collect(), scopes: None }
    }

    /// The same caller, narrowed to these scopes. None at all leaves nothing.
    #[must_use]
    pub fn with_scopes(mut self, scopes: impl IntoIterator<Item = Grant>) -> Self {
        self.scopes = Some(scopes.into_iter().collect());
        self
    }

    /// Who it is.
    #[must_use]
    pub const fn subject(&self) -> Actor {
        self.subject
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &[Arc<Role>] {
        &self.roles
    }

    /// What the caller may do with the permission; `None` when it may not at all.
    ///
    /// A field is read-only when it is so for each of the roles that cover the permission: one that may set it is enough.
    #[must_use]
    pub fn allows(&self, permission: &Permission) -> Option<Allowed> {
        if !self.within_scopes(|scope| scope.covers(permission)) {
            return None;
        }
        let mut counting: Vec<&Arc<Role>> = self.roles.iter().filter(|role| role.covers(permission)).collect();
        if mutant!("permission_any_role_frees") && !counting.is_empty() {
            counting = self.roles.iter().collect();
        }
        let (first, others) = counting.split_first()?;
        let everywhere = |field: &&str| others.iter().all(|role| role.is_readonly(field));
        Some(Allowed::except(first.readonly_fields().filter(everywhere)))
    }

    /// What the caller may do with the permission where it is for what is the caller's own: roles play no part, and scopes narrow it all the same.
    #[must_use]
    pub fn allows_own(&self, permission: &Permission) -> Option<Allowed> {
        (self.within_scopes(|scope| scope.covers(permission)) || mutant!("login_own_unscoped")).then(Allowed::whole)
    }

    /// Whether the caller may give somebody the role: nobody gives what they do not have. Each grant of the role must be included in one of
    /// the caller's, within the scopes, and what is read-only for the caller there must be so in the role.
    #[must_use]
    pub fn may_give(&self, role: &Role) -> bool {
        mutant!("permission_given_unheld") || role.grants().iter().all(|grant| self.has(grant, role))
    }

    fn has(&self, wanted: &Grant, role: &Role) -> bool {
        let no_wider = |own: &Arc<Role>| {
            let holds = own.grants().iter().any(|grant| grant.includes(wanted));
            // A hand-written permission may concern any table, so every read-only field counts.
            holds && own.readonly_fields().all(|field| role.is_readonly(field))
        };
        self.within_scopes(|scope| scope.includes(wanted)) && self.roles.iter().any(no_wider)
    }

    fn within_scopes(&self, covers: impl Fn(&Grant) -> bool) -> bool {
        mutant!("permission_scopes_unread") || self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(covers))
    }
}

/// That a request may go on, and which fields it may not set all the same.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Allowed {
    readonly: Arc<[String]>,
}

impl Allowed {
    /// Every field may be set that the model lets callers set.
    #[must_use]
    pub fn whole() -> Self {
        Self::default()
    }

    /// All but these, each as `table.field`.
    pub fn except<F: Into<String>>(fields: impl IntoIterator<Item = F>) -> Self {
        Self { readonly: fields.into_iter().map(Into::into).collect() }
    }

    /// Whether the field may not be set.
    #[must_use]
    pub fn is_readonly(&self, table: &str, field: &str) -> bool {
        self.readonly_in(table).any(|name| name == field)
    }

    /// The fields of that table that may not be set.
    pub fn readonly_in<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        self.readonly.iter().filter_map(move |name| name.split_once('.').filter(|(of, _)| *of == table).map(|(_, field)| field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(grants: &[&'static str], readonly: &[&'static str]) -> Role {
        Role::new("role", grants.iter().copied()).unwrap().readonly(readonly.iter().copied()).unwrap()
    }

    fn caller(roles: &[Role]) -> Caller {
        Caller::new(Actor::System, roles.iter().cloned())
    }

    fn scopes(texts: &[&str]) -> Vec<Grant> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn roles_add_up_and_scopes_narrow() {
        let both = caller(&[role(&["customers:*"], &[]), role(&["*:read"], &[])]);
        let may = |caller: &Caller, permission: &'static str| caller.allows(&Permission::of(permission)).is_some();
        assert!(may(&both, "customers:delete") && may(&both, "orders:read") && !may(&both, "orders:delete"));
        let key = both.clone().with_scopes(scopes(&["orders:*", "customers:read"]));
        assert!(may(&key, "orders:read") && may(&key, "customers:read"));
        assert!(!may(&key, "customers:delete"), "a role covers it, and no scope does");
        assert!(!may(&key, "orders:delete"), "a scope covers it, and no role does");
        assert!(!may(&both.with_scopes([]), "orders:read"));
        assert!(!may(&caller(&[]), "orders:read"));
    }

    #[test]
    fn what_is_ones_own_needs_no_role_and_a_scope() {
        let own = Permission::of("account:use");
        let nobody = caller(&[]);
        assert!(nobody.allows(&own).is_none() && nobody.allows_own(&own) == Some(Allowed::whole()));
        let scoped = |texts: &[&str]| nobody.clone().with_scopes(scopes(texts)).allows_own(&own).is_some();
        assert!(scoped(&["*"]) && scoped(&["account:*"]) && !scoped(&["customers:*"]) && !scoped(&[]));
    }

    #[test]
    fn a_field_is_read_only_when_every_role_that_counts_says_so() {
        let update = Permission::of("customers:update");
        let fields = |roles: &[Role]| {
            let allowed = caller(roles).allows(&update).unwrap();
            allowed.readonly_in("customers").map(str::to_owned).collect::<Vec<_>>()
        };
        let clerk = role(&["customers:*"], &["customers.credit_limit", "customers.name", "orders.number"]);
        assert_eq!(fields(std::slice::from_ref(&clerk)), ["credit_limit", "name"]);
        let manager = role(&["customers:*"], &["customers.name"]);
        assert_eq!(fields(&[clerk.clone(), manager.clone()]), ["name"]);
        assert_eq!(fields(&[manager, clerk.clone()]), ["name"]);
        // A role that may not update customers at all frees none of their fields.
        assert_eq!(fields(&[clerk.clone(), role(&["customers:read", "orders:*"], &[])]), ["credit_limit", "name"]);
        assert_eq!(fields(&[clerk, role(&["*"], &[])]), [""; 0]);
    }

    #[test]
    fn fields_of_another_table_are_its_own() {
        let allowed = Allowed::except(["customers.name", "orders.number"]);
        assert!(allowed.is_readonly("customers", "name") && allowed.is_readonly("orders", "number"));
        assert!(!allowed.is_readonly("orders", "name") && !allowed.is_readonly("customers", "customers.name"));
        assert!(!Allowed::whole().is_readonly("customers", "name"));
    }

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        let admin = caller(&[role(&["customers:*", "users:*"], &["customers.credit_limit"]), role(&["*:read"], &[])]);
        assert!(admin.may_give(&role(&["customers:update"], &["customers.credit_limit"])));
        assert!(admin.may_give(&role(&["orders:read", "customers:read"], &[])), "reading is held without a read-only field");
        assert!(admin.may_give(&role(&[], &[])));
        assert!(!admin.may_give(&role(&["customers:update"], &[])), "the field would be free");
        assert!(!admin.may_give(&role(&["customers:update", "orders:update"], &["customers.credit_limit"])));
        assert!(!admin.may_give(&role(&["*"], &["customers.credit_limit"])));
        let key = admin.with_scopes(scopes(&["orders:read"]));
        assert!(key.may_give(&role(&["orders:read"], &[])) && !key.may_give(&role(&["customers:read"], &[])));
    }
}
