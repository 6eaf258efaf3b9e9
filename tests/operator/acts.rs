//! Whatever changes something leaves a row that says who did it and why; what does not, leaves none.

use tenantry::{Act, ErrorKind, TenantId};
use tenantry_testkit::execute;

use crate::desk::{Desk, TICKET, kind};

#[tokio::test]
async fn each_act_leaves_its_row_with_operator_and_reason() {
    let desk = Desk::new().await;
    let platform = &desk.platform;
    let (host, other) = ("shop.acme.example", "www.acme.example");
    let acme = platform.create_tenant("acme", "Acme", TICKET).await.unwrap();
    platform.add_domain(acme, host, TICKET).await.unwrap();
    platform.add_domain(acme, other, TICKET).await.unwrap();
    let record = platform.challenge(acme, host).unwrap();
    desk.servers.say(&[&record.value]);
    platform.verify_domain(acme, host, TICKET).await.unwrap();
    platform.verify_domain_by_hand(acme, other, TICKET).await.unwrap();
    platform.activate_domain(acme, host, TICKET).await.unwrap();
    platform.make_domain_primary(acme, host, TICKET).await.unwrap();
    platform.deactivate_domain(acme, host, TICKET).await.unwrap();
    platform.remove_domain(acme, other, TICKET).await.unwrap();
    platform.members(acme, None, TICKET).await.unwrap();
    platform.suspend(acme, TICKET).await.unwrap();
    platform.resume(acme, TICKET).await.unwrap();
    platform.close_tenant(acme, TICKET).await.unwrap();
    let due = [
        "tenant.create",
        "domain.add shop.acme.example",
        "domain.add www.acme.example",
        "domain.verify shop.acme.example",
        "domain.verify_by_hand www.acme.example",
        "domain.activate shop.acme.example",
        "domain.primary shop.acme.example",
        "domain.deactivate shop.acme.example",
        "domain.remove www.acme.example",
        "tenant.members",
        "tenant.suspend",
        "tenant.resume",
        "tenant.close",
    ];
    assert_eq!(desk.done_to(acme).await, due);
    let acts = platform.acts(Some(acme), 100).await.unwrap();
    assert!(acts.iter().all(|act| (act.operator.as_str(), act.reason.as_str()) == ("ada", "ticket 4711")), "{acts:?}");
    assert!(acts.windows(2).all(|pair| (pair[0].at, pair[0].id) > (pair[1].at, pair[1].id)), "the newest comes first");

    // Reads are no acts, and a list is as long as was asked for.
    platform.tenants().await.unwrap();
    platform.domains(acme).await.unwrap();
    assert_eq!(platform.acts(Some(acme), 2).await.unwrap(), acts[..2]);
    assert_eq!(platform.acts(Some(acme), 0).await.unwrap(), []);
    // Of all tenants, those are told that others have made.
    let all = platform.acts(None, u32::MAX).await.unwrap();
    assert_eq!((all.len(), all.last().map(|act| act.operator.as_str())), (due.len() + 2, Some("tests")));
    assert_eq!(platform.acts(Some(TenantId::generate()), 100).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_refused_leaves_no_row() {
    let desk = Desk::new().await;
    let (platform, a, b) = (&desk.platform, desk.bed.a, desk.bed.b);
    platform.add_domain(b, "b.example", TICKET).await.unwrap();
    let closed = platform.create_tenant("closed", "Closed", TICKET).await.unwrap();
    platform.close_tenant(closed, TICKET).await.unwrap();
    let (before, nobody, unknown) = (desk.everything().await, TenantId::generate(), ErrorKind::NotFound);
    assert!(matches!(kind(platform.create_tenant("a", "Another", TICKET).await), ErrorKind::Unique { columns } if columns == ["slug"]));
    assert_eq!(kind(platform.create_tenant("A B", "Another", TICKET).await), ErrorKind::Check { column: Some("slug") });
    assert_eq!(kind(platform.create_tenant("c", &"n".repeat(201), TICKET).await), ErrorKind::Check { column: Some("name") });
    for tenant in [nobody, closed] {
        assert_eq!(kind(platform.suspend(tenant, TICKET).await), unknown);
        assert_eq!(kind(platform.resume(tenant, TICKET).await), unknown);
        assert_eq!(kind(platform.close_tenant(tenant, TICKET).await), unknown);
    }
    assert_eq!(kind(platform.members(nobody, None, TICKET).await), unknown);
    assert!(matches!(kind(platform.add_domain(a, "b.example", TICKET).await), ErrorKind::Unique { columns } if columns == ["host"]));
    assert_eq!(kind(platform.add_domain(a, "B.example", TICKET).await), ErrorKind::Check { column: Some("host") });
    assert!(matches!(kind(platform.add_domain(nobody, "new.example", TICKET).await), ErrorKind::Reference { .. }));
    for host in ["b.example", "none.example", ""] {
        assert_eq!(kind(platform.verify_domain_by_hand(a, host, TICKET).await), unknown);
        assert_eq!(kind(platform.activate_domain(a, host, TICKET).await), unknown);
        assert_eq!(kind(platform.deactivate_domain(a, host, TICKET).await), unknown);
        assert_eq!(kind(platform.make_domain_primary(a, host, TICKET).await), unknown);
        assert_eq!(kind(platform.remove_domain(a, host, TICKET).await), unknown);
    }
    assert_eq!(desk.everything().await, before);
}

/// The one transaction: a row that cannot be written takes back what it was about.
#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let desk = Desk::new().await;
    let (platform, a) = (&desk.platform, desk.bed.a);
    for host in ["one.example", "two.example"] {
        platform.add_domain(a, host, TICKET).await.unwrap();
    }
    platform.make_domain_primary(a, "one.example", TICKET).await.unwrap();
    platform.activate_domain(a, "one.example", TICKET).await.unwrap();
    let full = "alter table tenancy.acts add constraint full_check check (reason <> 'unrecorded')";
    execute(&mut desk.bed.observer().await, full).await.unwrap();
    let (before, act) = (desk.everything().await, Act { reason: "unrecorded", ..TICKET });
    let results = [
        platform.create_tenant("new", "New", act).await.map(drop),
        platform.suspend(a, act).await,
        platform.close_tenant(a, act).await,
        platform.add_domain(a, "three.example", act).await,
        platform.verify_domain_by_hand(a, "two.example", act).await,
        platform.activate_domain(a, "two.example", act).await,
        platform.deactivate_domain(a, "one.example", act).await,
        platform.make_domain_primary(a, "two.example", act).await,
        platform.remove_domain(a, "two.example", act).await,
        platform.members(a, None, act).await.map(drop),
    ];
    for (at, result) in results.into_iter().enumerate() {
        assert!(matches!(kind(result), ErrorKind::Check { .. }), "{at}");
        assert_eq!(desk.everything().await, before, "{at}");
    }
    platform.suspend(a, TICKET).await.unwrap();
}

#[tokio::test]
async fn nobody_acts_without_a_name_and_a_reason() {
    let desk = Desk::new().await;
    let (platform, a) = (&desk.platform, desk.bed.a);
    let before = desk.everything().await;
    let rule = |result: Result<(), tenantry::Error>| match kind(result) {
        ErrorKind::Rule(rule) => rule.pointer.to_string(),
        other => panic!("{other:?}"),
    };
    let long = "r".repeat(501);
    for reason in ["", "why", "    a    ", "line\nbreak", "a\u{0}bcdef", "\u{1b}[2Jgone", long.as_str()] {
        let act = Act { reason, ..TICKET };
        assert_eq!(rule(platform.suspend(a, act).await), "/reason", "{reason:?}");
        assert_eq!(rule(platform.create_tenant("new", "New", act).await.map(drop)), "/reason", "{reason:?}");
        assert_eq!(rule(platform.add_domain(a, "a.example", act).await), "/reason", "{reason:?}");
        assert_eq!(rule(platform.members(a, None, act).await.map(drop)), "/reason", "{reason:?}");
    }
    for operator in ["", " ", "a b", "ada\n", "\u{202e}ada", "ada\u{200b}"] {
        assert_eq!(rule(platform.suspend(a, Act { operator, ..TICKET }).await), "/operator", "{operator:?}");
    }
    assert_eq!(desk.everything().await, before);
    // White space around a reason is no part of it, and quotes are text.
    let act = Act { operator: "o'neill", reason: "  '); drop table tenancy.acts; --  " };
    platform.suspend(a, act).await.unwrap();
    let last = desk.last().await;
    assert_eq!((last.operator.as_str(), last.reason.as_str(), last.tenant), ("o'neill", "'); drop table tenancy.acts; --", Some(a)));
}

#[tokio::test]
async fn the_longest_host_is_recorded_without_its_middle() {
    let desk = Desk::new().await;
    let host = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "z".repeat(61));
    desk.platform.add_domain(desk.bed.a, &host, TICKET).await.unwrap();
    let act = desk.last().await.act;
    assert!(act.starts_with("domain.add aaa") && act.contains('…') && act.ends_with("zzz") && act.chars().count() == 200, "{act}");
}
