//! The operator sees the users of one tenant, inside of its context and on the record.

use tenantry::TenantId;
use tenantry_testkit::execute;

use crate::desk::{Desk, TICKET};

/// A user of the tenant with these roles, as the administrator writes it.
pub(crate) async fn user(desk: &Desk, tenant: TenantId, email: &str, roles: &[&str]) {
    let mut text = format!(
        "with i as (insert into tenancy.identities (id, email) values (gen_random_uuid(), '{email}')
                    on conflict (email) do update set email = excluded.email returning id)
         insert into tenancy.users (tenant_id, id, identity_id, email, name) select '{tenant}', gen_random_uuid(), i.id, '{email}', 'Somebody' from i;"
    );
    for role in roles {
        text.push_str(&format!(
            "insert into tenancy.roles (tenant_id, id, name, grants) values ('{tenant}', gen_random_uuid(), '{role}', '*')
               on conflict (tenant_id, name) do nothing;
             insert into tenancy.user_roles (tenant_id, id, user_id, role_id)
               select '{tenant}', gen_random_uuid(), u.id, r.id from tenancy.users u, tenancy.roles r
                where u.tenant_id = '{tenant}' and u.email = '{email}' and r.tenant_id = '{tenant}' and r.name = '{role}';"
        ));
    }
    execute(&mut desk.bed.observer().await, &text).await.unwrap();
}

#[tokio::test]
async fn the_users_of_one_tenant_are_told_with_their_roles_and_recorded() {
    let desk = Desk::new().await;
    let (platform, a, b) = (&desk.platform, desk.bed.a, desk.bed.b);
    user(&desk, a, "ada@acme.example", &["sales", "admin"]).await;
    user(&desk, a, "bob@acme.example", &[]).await;
    user(&desk, b, "ada@acme.example", &["clerk"]).await;
    let seen = async |tenant| {
        let members = platform.members(tenant, None, TICKET).await.unwrap();
        assert_eq!(members.next, None);
        members.items.into_iter().map(|member| (member.email, member.roles.join(" "), member.is_active)).collect::<Vec<_>>()
    };
    let told = |email: &str, roles: &str| (email.to_owned(), roles.to_owned(), true);
    assert_eq!(seen(a).await, [told("ada@acme.example", "admin sales"), told("bob@acme.example", "")]);
    assert_eq!(seen(b).await, [told("ada@acme.example", "clerk")]);
    let last = desk.last().await;
    assert_eq!((last.act.as_str(), last.tenant, last.reason.as_str()), ("tenant.members", Some(b), "ticket 4711"));
    assert_eq!(desk.done_to(a).await, ["tenant.create", "tenant.members"]);
    let behind = platform.members(a, Some("ada@acme.example"), TICKET).await.unwrap();
    assert_eq!(behind.items.iter().map(|member| member.email.as_str()).collect::<Vec<_>>(), ["bob@acme.example"]);
}

#[tokio::test]
async fn many_users_are_told_page_by_page() {
    let desk = Desk::new().await;
    let a = desk.bed.a;
    let many = format!(
        "with i as (insert into tenancy.identities (id, email)
                    select gen_random_uuid(), format('user-%s@a.example', to_char(n, 'FM0000')) from generate_series(1, 450) n returning id, email)
         insert into tenancy.users (tenant_id, id, identity_id, email, name) select '{a}', gen_random_uuid(), i.id, i.email, 'Somebody' from i"
    );
    execute(&mut desk.bed.observer().await, &many).await.unwrap();
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = desk.platform.members(a, after.as_deref(), TICKET).await.unwrap();
        assert!(page.items.len() <= 200);
        seen.extend(page.items.into_iter().map(|member| member.email));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let due: Vec<String> = (1..=450).map(|number| format!("user-{number:04}@a.example")).collect();
    assert_eq!(seen, due);
}
