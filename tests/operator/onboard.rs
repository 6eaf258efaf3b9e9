//! A new tenant is there with everything, or not at all.

use sha2::{Digest as _, Sha256};
use tenantry::db::{FirstAdmin, Found, Onboarding};
use tenantry::operator::{OnboardError, Onboarded, onboard};
use tenantry::permissions::Role;
use tenantry::{Act, ErrorKind};
use tenantry_testkit::{execute, lines};

use crate::desk::{Desk, TICKET};

fn roles() -> Vec<Role> {
    let sales = Role::new("sales", ["customers:*", "orders:read"]).unwrap().readonly(["customers.credit_limit", "customers.name"]).unwrap();
    vec![Role::new("admin", ["*"]).unwrap(), sales]
}

/// Whether an error is the one that is due.
type IsDue = Box<dyn Fn(&ErrorKind) -> bool>;

fn acme(roles: &[Role]) -> Onboarding<'_> {
    let admin = FirstAdmin { email: "ada@acme.example", role: "admin" };
    Onboarding { slug: "acme", name: "Acme Ltd", host: Some("shop.acme.example"), roles, admin }
}

#[tokio::test]
async fn a_tenant_comes_with_its_roles_a_domain_and_an_invitation() {
    let desk = Desk::new().await;
    let roles = roles();
    let Onboarded { tenant, invitation, .. } = onboard(&desk.platform, &acme(&roles), TICKET).await.unwrap();
    let directory = desk.bed.tenancy.directory();
    assert_eq!(directory.by_slug("acme").await.unwrap(), Some(Found { tenant, active: true }));
    assert_eq!(directory.by_host("shop.acme.example").await.unwrap(), None, "nobody has shown whose it is");
    let domains = desk.platform.domains(tenant).await.unwrap();
    assert!(matches!(domains.as_slice(), [domain] if domain.verified_at.is_none() && !domain.is_active && !domain.is_primary));
    let mut observer = desk.bed.observer().await;
    let made = "select tenant_id::text || ' ' || name || ' ' || grants || ' [' || readonly || ']' from tenancy.roles order by name";
    let due = [format!("{tenant} admin * []"), format!("{tenant} sales customers:* orders:read [customers.credit_limit customers.name]")];
    assert_eq!(lines(&mut observer, made).await.unwrap(), due);

    // Of the token its hash is stored, and in no row the token.
    let parts: Vec<&str> = invitation.split('_').collect();
    let [kind, of, id, secret] = parts[..] else { panic!("iv_<tenant>_<id>_<secret>") };
    assert_eq!((kind, of, secret.len()), ("iv", tenant.uuid().as_simple().to_string().as_str(), 64));
    let hash: String = Sha256::digest(invitation.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let invited = "select replace(i.id::text, '-', '') || ' ' || i.email || ' ' || r.name || ' ' || i.secret_hash
                     from tenancy.invitations i join tenancy.roles r on r.tenant_id = i.tenant_id and r.id = i.role_id
                    where i.accepted_at is null and i.invited_by is null
                      and i.expires_at between now() + interval '6 days' and now() + interval '7 days'";
    assert_eq!(lines(&mut observer, invited).await.unwrap(), [format!("{id} ada@acme.example admin {hash}")]);
    assert!(!desk.everything().await.iter().any(|row| row.contains(secret)));
    assert_eq!(desk.done_to(tenant).await, ["tenant.onboard"]);
}

#[tokio::test]
async fn what_fails_half_way_leaves_nothing() {
    let desk = Desk::new().await;
    desk.platform.add_domain(desk.bed.b, "taken.example", TICKET).await.unwrap();
    let full = "alter table tenancy.acts add constraint full_check check (reason <> 'unrecorded')";
    execute(&mut desk.bed.observer().await, full).await.unwrap();
    let before = desk.everything().await;
    let roles = roles();
    let twice = [roles.clone(), roles.clone()].concat();
    let wide = vec![Role::new("admin", std::iter::repeat_n("customers:read", 300)).unwrap()];
    let with = acme(&roles);
    let unique = |column| move |kind: &ErrorKind| matches!(kind, ErrorKind::Unique { columns } if columns == &[column]);
    let check = |column| move |kind: &ErrorKind| *kind == ErrorKind::Check { column: Some(column) };
    let rule = |pointer| move |kind: &ErrorKind| matches!(kind, ErrorKind::Rule(rule) if rule.pointer == pointer);
    let admin = |email, role| FirstAdmin { email, role };
    let cases: Vec<(&str, Onboarding<'_>, IsDue)> = vec![
        ("slug", Onboarding { slug: "b", ..with }, Box::new(unique("slug"))),
        ("no slug", Onboarding { slug: "a b", ..with }, Box::new(check("slug"))),
        ("host", Onboarding { host: Some("taken.example"), ..with }, Box::new(unique("host"))),
        ("no host", Onboarding { host: Some("Acme.example"), ..with }, Box::new(check("host"))),
        ("roles", Onboarding { roles: &twice, ..with }, Box::new(unique("roles"))),
        ("grants", Onboarding { roles: &wide, ..with }, Box::new(check("roles"))),
        ("no role", Onboarding { admin: admin("ada@acme.example", "owner"), ..with }, Box::new(rule("/admin/role"))),
        ("no roles", Onboarding { roles: &[], ..with }, Box::new(rule("/admin/role"))),
        ("address", Onboarding { admin: admin("ada", "admin"), ..with }, Box::new(rule("/admin/email"))),
    ];
    for (what, onboarding, is_due) in cases {
        let OnboardError::Failed(error) = onboard(&desk.platform, &onboarding, TICKET).await.unwrap_err() else { panic!("{what}") };
        assert!(is_due(error.kind()), "{what}: {error:?}");
        assert_eq!(desk.everything().await, before, "{what}");
    }
    for act in [Act { reason: "unrecorded", ..TICKET }, Act { reason: "", ..TICKET }, Act { operator: "", ..TICKET }] {
        onboard(&desk.platform, &with, act).await.unwrap_err();
        assert_eq!(desk.everything().await, before, "{act:?}");
    }
    onboard(&desk.platform, &with, TICKET).await.unwrap();
}

/// A future that is dropped at any point leaves nothing, as a failure does.
#[tokio::test]
async fn what_is_given_up_leaves_nothing() {
    let desk = Desk::new().await;
    let roles = roles();
    let (before, mut finished) = (desk.everything().await, false);
    // A statement takes several polls, and wherever it is given up within one, the same is left.
    for polls in (1..2_000).step_by(3) {
        let (mut left, acme) = (polls, acme(&roles));
        let mut onboarding = Box::pin(onboard(&desk.platform, &acme, TICKET));
        let given_up = std::future::poll_fn(|context| {
            left -= 1;
            match onboarding.as_mut().poll(context) {
                std::task::Poll::Ready(done) => std::task::Poll::Ready(Some(done.is_ok())),
                std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(None),
                std::task::Poll::Pending => std::task::Poll::Pending,
            }
        })
        .await;
        drop(onboarding);
        if let Some(done) = given_up {
            assert!(done);
            finished = true;
            break;
        }
        // The one thing that nobody can know is whether a COMMIT that was sent has arrived.
        let now = desk.everything().await;
        assert!(now == before || now.len() == before.len() + 6, "{polls} polls leave a part: {now:?}");
        if now != before {
            finished = true;
            break;
        }
    }
    assert!(finished);
}
