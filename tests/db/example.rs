//! The example of the runtime, on a real server.

use tenantry::{Conventions, Entry, Tenancy};
use tenantry_tests::Bed;

#[path = "../../runtime/examples/tenant_context.rs"]
#[expect(dead_code, reason = "its `main` reads the command line")]
mod tenant_context;

#[tokio::test]
async fn tenant_context_shows_what_it_says_and_leaves_nothing() {
    let bed = Bed::new().await;
    let config = tenantry::Config::new(bed.stage.url("app").expose_with_password()).unwrap().max_connections(1);
    let tenancy = Tenancy::start(&config, &[Entry::of::<tenant_context::Category>()], Conventions::DEFAULT).await.unwrap();
    let seen = tenant_context::tour(&tenancy, bed.a, bed.b).await.unwrap();
    assert_eq!(
        seen,
        [
            format!("made three categories, `Tour: Tea` among them, of tenant {}", bed.a).as_str(),
            "in pages of two: Tour: Cocoa, Tour: Coffee | Tour: Tea",
            "hand-written SQL counts 3",
            "a savepoint failed (taken already: name (SQLSTATE 23505)), and `Tour: Tea` has version 2 afterwards",
            "the other tenant finds by its key: no such row",
            "and lists 0",
            "a rule refused: true; the tea is still there",
        ]
    );
    assert_eq!((bed.count("categories", bed.a).await, bed.count("categories", bed.b).await), (0, 0));
}
