//! Whoever reads the log finds tenant and request at every line of a transaction.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tenantry::{Actor, RequestId};
use tenantry_app::inventory::Category;
use tenantry_tests::{Bed, category};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn tenant_and_request_stand_at_every_line_and_values_at_none() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(log.clone()).finish();
    let request = RequestId::generate();
    {
        // The runtime of a test has one thread, so everything below is logged here.
        let _guard = tracing::subscriber::set_default(subscriber);
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
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = text.lines().find(|line| line.contains("in the work")).unwrap();
    assert!(line.contains(&bed.a.to_string()) && line.contains(&request.to_string()), "{line}");
    assert!(!text.contains("Marzipan"), "a row's value is in the log: {text}");
}
