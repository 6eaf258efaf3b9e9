//! The arms of a fence: who is inside, as SQL and as the server writes it back.
//!
//! The fence of a tenant's rows has one arm, the tenant's own. The tables of the platform have further ones, and each of those names a role
//! of its own: `current_user` is another one inside a function that runs with its owner's rights. An arm for looking up names a key, too,
//! so that the role is inside for the rows of that key alone.

use super::build::text_literal;
use super::{Fence, Policy};
use crate::schema::{Conventions, quoted};

/// One way to be inside a fence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Arm {
    /// The tenant of the transaction, in that column.
    Tenant(&'static str),
    /// The tenant of the transaction, in the tenant column of the conventions.
    TenantColumn,
    /// That role of ours, by suffix.
    Role(&'static str),
    /// The look-up role, for the row that the key names.
    Lookup(Key),
}

/// The expression of a fence without arms: whoever has a privilege and a policy is inside.
const OPEN: &str = "true";

/// What a row is looked up by. A key says what it is a key of, so that a slug which reads like an id names no other tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Key {
    /// The word in front of it: `slug` in `slug:acme`.
    pub(super) word: &'static str,
    /// The column.
    pub(super) column: &'static str,
    /// Whether the column is a text by itself.
    text: bool,
}

/// A tenant by its id.
pub(super) const BY_ID: Key = Key { word: "id", column: "id", text: false };
/// A tenant by its slug.
pub(super) const BY_SLUG: Key = Key { word: "slug", column: "slug", text: true };
/// A domain by its host.
pub(super) const BY_HOST: Key = Key { word: "host", column: "host", text: true };

impl Fence {
    const fn arms(self) -> &'static [Arm] {
        match self {
            Self::Tenant | Self::Members => &[Arm::TenantColumn],
            Self::Tenants => &[Arm::Tenant("id"), Arm::Role("platform"), Arm::Lookup(BY_SLUG), Arm::Lookup(BY_ID)],
            Self::Domains => &[Arm::TenantColumn, Arm::Role("platform"), Arm::Lookup(BY_HOST)],
            Self::Identities => &[Arm::Role("identity")],
            Self::Acts => &[Arm::Role("platform")],
            Self::Shared => &[],
        }
    }

    /// Whether there are look-ups of its rows, each by a key.
    pub(crate) fn is_looked_up(self) -> bool {
        self.arms().iter().any(|arm| matches!(arm, Arm::Lookup(_)))
    }

    /// The expression of the fence and of the policies of the roles that are inside: any of the arms.
    pub(super) fn expression(self, conventions: &Conventions) -> String {
        any(self.arms().iter(), conventions)
    }

    /// The expression of the look-up role's own policy: without a key it sees no row, whatever tenant the transaction has.
    pub(super) fn lookup_expression(self, conventions: &Conventions) -> String {
        any(self.arms().iter().filter(|arm| matches!(arm, Arm::Lookup(_))), conventions)
    }

    /// The expression of a policy of the table as `pg_get_expr` writes it, from 15 to 18.
    pub(crate) fn deparsed(self, policy: &Policy, conventions: &Conventions) -> String {
        if policy.role == conventions.role("lookup") { self.deparsed_lookup(conventions) } else { self.deparsed_whole(conventions) }
    }

    /// The whole expression of the fence, in the same way.
    pub(crate) fn deparsed_whole(self, conventions: &Conventions) -> String {
        deparsed(self.arms().iter(), conventions)
    }

    /// That of the look-up role's own policy.
    pub(crate) fn deparsed_lookup(self, conventions: &Conventions) -> String {
        deparsed(self.arms().iter().filter(|arm| matches!(arm, Arm::Lookup(_))), conventions)
    }
}

fn deparsed<'a>(arms: impl Iterator<Item = &'a Arm>, conventions: &Conventions) -> String {
    let arms: Vec<String> = arms.map(|arm| arm.deparsed(conventions)).collect();
    match arms.as_slice() {
        [] => OPEN.to_owned(),
        [only] => only.clone(),
        several => format!("({})", several.join(" OR ")),
    }
}

fn any<'a>(arms: impl Iterator<Item = &'a Arm>, conventions: &Conventions) -> String {
    let arms: Vec<String> = arms.map(|arm| arm.sql(conventions)).collect();
    // One arm a line: a policy of several is read by people, too.
    if arms.is_empty() { OPEN.to_owned() } else { arms.join("\n    or ") }
}

impl Arm {
    fn sql(self, conventions: &Conventions) -> String {
        match self {
            Self::Tenant(column) => conventions.fence(&quoted(column)),
            Self::TenantColumn => conventions.fence(&quoted(conventions.tenant_column)),
            Self::Role(suffix) => format!("current_user = {}", text_literal(&conventions.role(suffix))),
            Self::Lookup(key) => format!(
                "current_user = {} and current_setting({}, true) = {}",
                text_literal(&conventions.role("lookup")),
                text_literal(&conventions.lookup_setting()),
                key.of(&quoted(key.column))
            ),
        }
    }

    fn deparsed(self, conventions: &Conventions) -> String {
        let tenant = |column: &str| {
            format!("({column} = (NULLIF(current_setting('{}'::text, true), ''::text))::uuid)", conventions.tenant_setting())
        };
        let is = |suffix: &str| format!("(CURRENT_USER = '{}'::name)", conventions.role(suffix));
        match self {
            Self::Tenant(column) => tenant(&quoted(column)),
            Self::TenantColumn => tenant(&quoted(conventions.tenant_column)),
            Self::Role(suffix) => is(suffix),
            Self::Lookup(Key { word, column, text }) => {
                let column = if text { quoted(column) } else { format!("({})::text", quoted(column)) };
                let setting = format!("current_setting('{}'::text, true)", conventions.lookup_setting());
                format!("({} AND ({setting} = ('{word}:'::text || {column})))", is("lookup"))
            }
        }
    }
}

impl Key {
    /// The key of that value: `'slug:' || key`.
    pub(super) fn of(self, value: &str) -> String {
        let cast = if self.text { "" } else { "::text" };
        format!("'{}:' || {value}{cast}", self.word)
    }
}
