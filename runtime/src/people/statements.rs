//! The statements over the tables of people, made of the conventions once.

use std::sync::Arc;

use crate::mutants::mutant;
use crate::schema::ir::Name;
use crate::schema::{Conventions, quoted};

/// The tables, as the texts below name them.
const TABLES: [&str; 8] = ["users", "roles", "user_roles", "api_keys", "logins", "invitations", "tenants", "plans"];

/// Fields with their texts, in which `{tenant}` stands for the tenant column and the name of a table in braces for that table. `$1` is the tenant
/// in each, and each relation is bound to it.
macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        /// The texts.
        pub(super) struct Statements {
            $(pub(super) $name: Arc<str>,)*
        }

        impl Statements {
            pub(super) fn new(conventions: &Conventions) -> Self {
                let named = |text: &str| -> Arc<str> { Arc::from(named(text, conventions)) };
                Self { $($name: named(&$text),)* }
            }

            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($name), &*self.$name),)*]
            }
        }
    };
}

/// What is read of a user.
const USER: &str = "id, identity_id, email, name, is_active";
/// What is read of a role.
const ROLE: &str = "id, name, grants, readonly";
/// What is read of a login.
const LOGIN: &str = "user_id, family_hash, current_hash, generation, began_at, rotated_at, ended_at, ended_why";
/// What is read of an invitation.
const INVITATION: &str = "email, role_id, secret_hash, expires_at, accepted_at";
/// What is read of an API key for its owner.
const KEY: &str = "id, name, scopes, created_at, expires_at, revoked_at, used_at";

/// Takes a lock, unless the weakening leaves it out. Where it stands, it is what lets one of two that come at once be the first.
fn locked(text: String) -> String {
    if mutant!("people_rotation_unguarded") { text } else { text + " for update" }
}

/// What is still as it was read.
fn still(condition: &str) -> &str {
    if mutant!("people_rotation_unguarded") { "true or $8::bigint is null" } else { condition }
}

statements! {
    user = format!("select {USER} from {{users}} where {{tenant}} = $1 and id = $2");
    user_of_identity = format!("select {USER} from {{users}} where {{tenant}} = $1 and identity_id = $2");
    // Who is deactivated waits for a login that has found the user active, and then ends it.
    user_for_login = format!("select {USER} from {{users}} where {{tenant}} = $1 and identity_id = $2 for share");
    user_for_change = format!("select {USER} from {{users}} where {{tenant}} = $1 and id = $2 for update");
    user_of_email = "select id from {users} where {tenant} = $1 and email = $2";
    insert_user = format!("insert into {{users}} ({{tenant}}, id, identity_id, email, name) values ($1, $2, $3, $4, $5) returning {USER}");
    set_user_active = "update {users} set is_active = $3 where {tenant} = $1 and id = $2 returning id";
    users_with_roles = "select u.id, u.identity_id, u.email, u.name, u.is_active, r.id, r.name, r.grants, r.readonly
          from (select id, identity_id, email, name, is_active from {users} where {tenant} = $1 order by email limit $2) u
          left join {user_roles} g on g.{tenant} = $1 and g.user_id = u.id
          left join {roles} r on r.{tenant} = $1 and r.id = g.role_id
         order by u.email, r.name";

    role = format!("select {ROLE} from {{roles}} where {{tenant}} = $1 and id = $2");
    roles = format!("select {ROLE} from {{roles}} where {{tenant}} = $1 order by name limit $2");
    roles_of_user = "select r.id, r.name, r.grants, r.readonly, u.is_active
          from {users} u
          join {user_roles} g on g.{tenant} = $1 and g.user_id = u.id
          join {roles} r on r.{tenant} = $1 and r.id = g.role_id
         where u.{tenant} = $1 and u.id = $2 order by r.name";
    insert_role = "insert into {roles} ({tenant}, id, name, grants, readonly) values ($1, $2, $3, $4, $5) returning id";
    // The invitations to it go with it.
    delete_role = "delete from {roles} where {tenant} = $1 and id = $2 returning id";
    give_role = "insert into {user_roles} ({tenant}, id, user_id, role_id) values ($1, $2, $3, $4)
        on conflict ({tenant}, user_id, role_id) do nothing returning id";
    take_role = "delete from {user_roles} where {tenant} = $1 and user_id = $2 and role_id = $3 returning id";

    // Whoever counts waits for whoever has counted before and may still add one.
    one_at_a_time = "select id from {roles} where {tenant} = $1 order by id limit 1 for update";
    room_for_users = "select p.max_users, (select count(*) from {users} u where u.{tenant} = $1 and u.is_active)
          from {tenants} t join {plans} p on p.id = t.plan_id where t.id = $1";
    room_for_keys = "select p.max_api_keys, (select count(*) from {api_keys} k where k.{tenant} = $1 and k.revoked_at is null
                                              and (k.expires_at is null or k.expires_at > now()))
          from {tenants} t join {plans} p on p.id = t.plan_id where t.id = $1";

    insert_login = "insert into {logins} ({tenant}, id, user_id, family_hash, current_hash, generation, began_at, rotated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
    login = locked(format!("select {LOGIN} from {{logins}} where {{tenant}} = $1 and id = $2"));
    store_login = format!(
        "update {{logins}} set current_hash = $3, generation = $4, rotated_at = $5, ended_at = $6, ended_why = $7
          where {{tenant}} = $1 and id = $2 and ({}) returning id",
        still("generation = $8")
    );
    end_logins = "update {logins} set ended_at = now(), ended_why = 'revoked'
        where {tenant} = $1 and user_id = $2 and ended_at is null returning id";

    invitation = format!("select {INVITATION} from {{invitations}} where {{tenant}} = $1 and id = $2");
    invitation_for_acceptance = format!("select {INVITATION} from {{invitations}} where {{tenant}} = $1 and id = $2 for update");
    insert_invitation = "insert into {invitations} ({tenant}, id, email, role_id, secret_hash, invited_by, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id";
    accept_invitation = "update {invitations} set accepted_at = now() where {tenant} = $1 and id = $2 returning id";

    insert_key = format!(
        "insert into {{api_keys}} ({{tenant}}, id, user_id, name, secret_hash, scopes, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning {KEY}"
    );
    key = "select k.user_id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at, k.used_at, u.is_active
          from {api_keys} k join {users} u on u.{tenant} = $1 and u.id = k.user_id
         where k.{tenant} = $1 and k.id = $2";
    keys = format!("select {KEY} from {{api_keys}} where {{tenant}} = $1 and user_id = $2 order by id limit $3");
    revoke_key = format!(
        "update {{api_keys}} set revoked_at = coalesce(revoked_at, now()) where {{tenant}} = $1 and id = $2 and {} returning id",
        if mutant!("people_key_of_anybody") { "$3::uuid is not null" } else { "user_id = $3" }
    );
    key_used = "update {api_keys} set used_at = $3 where {tenant} = $1 and id = $2 returning id";
}

fn named(text: &str, conventions: &Conventions) -> String {
    let text = text.replace("{tenant}", &quoted(conventions.tenant_column));
    TABLES
        .iter()
        .fold(text, |text, table| text.replace(&format!("{{{table}}}"), &Name::new(conventions.platform_schema, table).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: Conventions = Conventions { platform_schema: "platform", tenant_column: "customer id", ..Conventions::DEFAULT };

    /// What the library asks of others, it does itself: the check of hand-written statements lets each through.
    #[test]
    fn each_relation_of_each_statement_is_bound_to_the_tenant() {
        // A tenant's own row has its id for the tenant, and a plan is nobody's.
        let shared = &["tenancy.tenants", "tenancy.plans"];
        let conventions = tenantry_sqlcheck::Conventions { shared, ..tenantry_sqlcheck::Conventions::DEFAULT };
        for (name, text) in Statements::new(&Conventions::DEFAULT).all() {
            if let Err(refusals) = tenantry_sqlcheck::check(text, &conventions) {
                panic!("{name}: {refusals}\n{text}");
            }
        }
    }

    #[test]
    fn the_names_are_those_of_the_conventions() {
        for (name, text) in Statements::new(&OTHERS).all() {
            assert!(text.contains("\"customer id\" = $1") || text.contains("(\"customer id\", id"), "{name}: {text}");
            assert!(!text.contains('{') && !text.contains("tenancy.") && text.contains("platform."), "{name}: {text}");
        }
    }
}
