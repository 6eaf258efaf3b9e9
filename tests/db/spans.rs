//! Whoever reads the log finds tenant and request at every line of a transaction.

use tenantry::{Actor, RequestId};
use tenantry_app::inventory::Category;
use tenantry_tests::{Bed, category};

use crate::log::Log;

#[tokio::test]
async fn tenant_and_request_stand_at_every_line_and_values_at_none() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let log = Log::default();
    let request = RequestId::generate();
    {
        // The runtime of a test has one thread, so everything below is logged here.
        let _guard = log.listen();
        let mut db = bed.tenancy.tenant_for(bed.a, Actor::System, request);
        db.transaction(async |tx| {
            tracing::info!("in the work");
            tx.run(Category::repo().create(&category("Marzipan"))).await?;
            let _ = tx.run(Category::repo().create(&category("Marzipan"))).await;
            Ok(())
        })
        .await
        .unwrap_err();
    }
    let text = log.text();
    let line = text.lines().find(|line| line.contains("in the work")).unwrap();
    assert!(line.contains(&bed.a.to_string()) && line.contains(&request.to_string()), "{line}");
    assert!(!text.contains("Marzipan"), "a row's value is in the log: {text}");
}
