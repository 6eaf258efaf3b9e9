//! A domain is a tenant's when its name servers say so, or the operator, who is recorded then.

use tenantry::db::VerifyError;
use tenantry::{Act, ErrorKind};

use crate::desk::{Desk, TICKET};

const HOST: &str = "shop.acme.example";

async fn verified(desk: &Desk) -> bool {
    let domains = desk.platform.domains(desk.bed.a).await.unwrap();
    domains.iter().any(|domain| domain.host == HOST && domain.verified_at.is_some())
}

#[tokio::test]
async fn the_record_of_tenant_and_host_verifies_and_no_other_one() {
    let desk = Desk::new().await;
    let (platform, a, b) = (&desk.platform, desk.bed.a, desk.bed.b);
    platform.add_domain(a, HOST, TICKET).await.unwrap();
    let due = platform.challenge(a, HOST).unwrap();
    assert_eq!(due.name, "_tenantry-challenge.shop.acme.example");
    let another_tenants = platform.challenge(b, HOST).unwrap().value;
    let another_hosts = platform.challenge(a, "www.acme.example").unwrap().value;
    let nearly = [&due.value[..63], if due.value.ends_with('0') { "1" } else { "0" }].concat();
    let upper = due.value.to_uppercase();
    let quoted = format!("\"{}\"", due.value);
    for wrong in [vec![], vec![""], vec![&another_tenants], vec![&another_hosts], vec![&nearly, &upper, &quoted, "v=spf1 -all"]] {
        desk.servers.say(&wrong);
        assert_eq!(platform.verify_domain(a, HOST, TICKET).await, Err(VerifyError::Unproven), "{wrong:?}");
    }
    assert!(!verified(&desk).await);
    assert_eq!(desk.done_to(a).await, ["tenant.create", "domain.add shop.acme.example"], "what was not shown was not done");

    desk.servers.say(&["v=spf1 -all", &due.value]);
    platform.verify_domain(a, HOST, TICKET).await.unwrap();
    assert!(verified(&desk).await);
    assert_eq!(desk.last().await.act, "domain.verify shop.acme.example");
    assert!(desk.servers.asked.lock().unwrap().iter().all(|name| *name == due.name));
}

#[tokio::test]
async fn an_answer_is_bounded() {
    let desk = Desk::new().await;
    let (platform, a) = (&desk.platform, desk.bed.a);
    platform.add_domain(a, HOST, TICKET).await.unwrap();
    let due = platform.challenge(a, HOST).unwrap().value;
    let long = "a".repeat(256);
    for excessive in [vec![due.as_str(); 33], vec![due.as_str(), &long]] {
        desk.servers.say(&excessive);
        assert_eq!(platform.verify_domain(a, HOST, TICKET).await, Err(VerifyError::Excessive));
    }
    *desk.servers.silent.lock().unwrap() = true;
    assert!(matches!(platform.verify_domain(a, HOST, TICKET).await, Err(VerifyError::Unanswered(_))));
    assert!(!verified(&desk).await);
    *desk.servers.silent.lock().unwrap() = false;
    desk.servers.say(&[[due.as_str()].as_slice(), &[&long[1..]; 31]].concat());
    platform.verify_domain(a, HOST, TICKET).await.unwrap();
}

#[tokio::test]
async fn nobody_is_asked_about_a_domain_that_the_tenant_does_not_have() {
    let desk = Desk::new().await;
    let (platform, a, b) = (&desk.platform, desk.bed.a, desk.bed.b);
    platform.add_domain(b, HOST, TICKET).await.unwrap();
    desk.servers.say(&[&platform.challenge(a, HOST).unwrap().value]);
    for host in [HOST, "none.example", "_tenantry-challenge.evil.example", ""] {
        let refused = platform.verify_domain(a, host, TICKET).await.unwrap_err();
        assert!(matches!(refused, VerifyError::Failed(error) if *error.kind() == ErrorKind::NotFound), "{host}");
    }
    let unsigned = platform.verify_domain(b, HOST, Act { reason: "", ..TICKET }).await.unwrap_err();
    assert!(matches!(unsigned, VerifyError::Failed(error) if matches!(error.kind(), ErrorKind::Rule(_))));
    assert!(desk.servers.asked.lock().unwrap().is_empty());
    // A platform that has no challenge says so, and tells no record.
    let plain = desk.bed.platform().await;
    assert_eq!(plain.verify_domain(b, HOST, TICKET).await, Err(VerifyError::NoChallenge));
    assert_eq!(plain.challenge(b, HOST), None);
}

#[tokio::test]
async fn by_hand_is_recorded_as_such() {
    let desk = Desk::new().await;
    desk.platform.add_domain(desk.bed.a, HOST, TICKET).await.unwrap();
    let act = Act { operator: "bob", reason: "their lawyer has sent the registration" };
    desk.platform.verify_domain_by_hand(desk.bed.a, HOST, act).await.unwrap();
    assert!(verified(&desk).await && desk.servers.asked.lock().unwrap().is_empty());
    let last = desk.last().await;
    assert_eq!(
        (last.operator.as_str(), last.act.as_str(), last.reason.as_str()),
        ("bob", "domain.verify_by_hand shop.acme.example", act.reason)
    );
}
