//! What the logins may do with what the operator's side writes, as the server says.

use sqlx::{Connection as _, PgConnection};
use tenantry_testkit::{execute, lines};

use crate::desk::{Desk, TICKET};
use crate::members::user;

async fn login(desk: &Desk, role: &str) -> PgConnection {
    PgConnection::connect_with(&desk.bed.stage.url(role).options().unwrap()).await.unwrap()
}

#[track_caller]
fn denied(result: Result<impl std::fmt::Debug, sqlx::Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{error}");
}

#[tokio::test]
async fn what_was_done_is_changed_by_nobody_and_seen_by_the_platform_alone() {
    let desk = Desk::new().await;
    let a = desk.bed.a;
    desk.platform.suspend(a, TICKET).await.unwrap();
    let before = desk.everything().await;
    let mut platform = login(&desk, "platform").await;
    assert_eq!(lines(&mut platform, "select act from tenancy.acts where reason = 'ticket 4711'").await.unwrap(), ["tenant.suspend"]);
    for statement in [
        "update tenancy.acts set reason = 'another'",
        "update tenancy.acts set operator = 'bob' where act = 'tenant.suspend'",
        "delete from tenancy.acts",
        "truncate tenancy.acts",
        "merge into tenancy.acts t using (select 1) s on true when matched then delete",
        "insert into tenancy.acts select * from tenancy.acts on conflict (id) do update set reason = 'another'",
        "select * from tenancy.acts for update",
        "alter table tenancy.acts disable row level security",
        "drop table tenancy.acts",
    ] {
        let said = execute(&mut platform, statement).await;
        denied(said);
    }
    let mut app = login(&desk, "app").await;
    for context in ["select 1".to_owned(), format!("begin; set local app.tenant_id = '{a}'")] {
        execute(&mut app, &context).await.unwrap();
        denied(lines(&mut app, "select act from tenancy.acts").await);
        execute(&mut app, "rollback").await.unwrap();
        execute(&mut app, &context).await.unwrap();
        denied(execute(&mut app, "insert into tenancy.acts (id, operator, act, reason) values (gen_random_uuid(), 'a', 'b', 'c')").await);
        execute(&mut app, "rollback").await.unwrap();
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn the_platform_sees_a_tenants_users_inside_of_its_context_alone() {
    let desk = Desk::new().await;
    let (a, b) = (desk.bed.a, desk.bed.b);
    user(&desk, a, "ada@acme.example", &["admin"]).await;
    user(&desk, b, "eve@globex.example", &["clerk"]).await;
    let mut platform = login(&desk, "platform").await;
    let counted = "select (select count(*) from tenancy.users)::text || ' ' || (select count(*) from tenancy.roles)::text || ' '
                          || (select count(*) from tenancy.user_roles)::text";
    assert_eq!(lines(&mut platform, counted).await.unwrap(), ["0 0 0"]);
    for (tenant, email) in [(a, "ada@acme.example"), (b, "eve@globex.example")] {
        execute(&mut platform, &format!("begin; set local app.tenant_id = '{tenant}'")).await.unwrap();
        assert_eq!(lines(&mut platform, "select email from tenancy.users").await.unwrap(), [email]);
        assert_eq!(lines(&mut platform, counted).await.unwrap(), ["1 1 1"]);
        let other = if tenant == a { b } else { a };
        // The fence says so, and not a privilege that is missing.
        let foreign =
            format!("insert into tenancy.roles (tenant_id, id, name, grants) values ('{other}', gen_random_uuid(), 'planted', '*')");
        denied(execute(&mut platform, &foreign).await);
        execute(&mut platform, "rollback").await.unwrap();
    }
    // Of what proves who somebody is, it sees nothing in any context.
    for table in ["identities", "api_keys", "logins"] {
        execute(&mut platform, &format!("begin; set local app.tenant_id = '{a}'")).await.unwrap();
        denied(lines(&mut platform, &format!("select id::text from tenancy.{table}")).await);
        execute(&mut platform, "rollback").await.unwrap();
    }
    assert_eq!(lines(&mut platform, counted).await.unwrap(), ["0 0 0"], "nothing of the context is left");
}
