//! A proxy between the service and the server, on the test's own runtime.

use tenantry_testkit::DatabaseUrl;
use tokio::net::{TcpListener, TcpStream};

/// The same login and database through a proxy that runs as a task of the caller's runtime. On a runtime of one thread no answer of the server
/// can arrive while a future is being polled, so that whatever waits for one is seen to wait, however the machine is loaded.
///
/// # Panics
/// When there is no port, or the URL names none.
pub async fn through_proxy(url: &DatabaseUrl) -> String {
    let options = url.options().expect("a URL");
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxied = listener.local_addr().expect("an address").to_string();
    let through = url.expose_with_password().replace(&format!("@{server}/"), &format!("@{proxied}/"));
    assert!(through.contains(&proxied), "the URL names host and port");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let server = server.clone();
            tokio::spawn(async move {
                if let Ok(mut upstream) = TcpStream::connect(server).await {
                    // An end that goes away ends the other one, too; there is nobody to tell.
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut upstream).await;
                }
            });
        }
    });
    through
}
