//! The proof on the reference application. The environment chooses how much of it: see `tenantry_testkit::proof`.

use serde_json::json;
use tenantry_testkit::Proof;
use tenantry_testkit::proof::{Draw, Operation, Rows};
use tenantry_tests::{root, server};

use crate::place_order::place_order;

fn proof() -> Proof {
    let proof = Proof::new(tenantry_app::MODELS, tenantry_app::router).conventions(tenantry_app::CONVENTIONS);
    proof.migrations(root().join("migrations")).operation(place_order()).operation(reorder())
}

/// A function without a stated effect, which orders ten of each product that runs out: the proof finds out by reading what it did.
fn reorder() -> Operation {
    let level = |draw: &mut Draw, _: Rows<'_>, _: &[Rows<'_>]| Some(json!(draw.below(40)));
    Operation::function("reorder what runs out", level, |db, level| {
        Box::pin(async move {
            let sql = "update app.products set units_on_order = 10 where tenant_id = $1 and units_in_stock < $2";
            let level = level.as_i64().and_then(|level| i32::try_from(level).ok());
            let ordered = db.transaction(async |tx| {
                let tenant = tx.tenant();
                Ok(sqlx::query(sql).bind(tenant).bind(level).execute(tx).await?.rows_affected())
            });
            Ok(json!({"ordered": ordered.await?}))
        })
    })
}

#[test]
fn no_tenant_reaches_another() {
    proof().run_on(server());
}
