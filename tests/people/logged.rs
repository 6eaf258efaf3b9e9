//! What a service writes into its log about people: who and what became of it, and nothing that opens anything.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tenantry::Actor;
use tenantry::permissions::{Caller, Role};
use tracing_subscriber::fmt::MakeWriter;

use crate::town::{HOME, PASSWORD, Town, typed};

/// A log that a test can read.
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
async fn no_line_of_the_log_has_a_password_a_token_a_hash_or_an_address() {
    let town = Town::new().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(log.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);

    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let role = town.has(a, ada.user, &["*"]).await;
    let session = town.login(a, "ada@example.com").await;
    let who = town.who(&session);
    let wrong = town.people.login(a, "ada@example.com", typed("wrong horse"), HOME).await.expect_err("wrong");
    let next = town.people.refresh(a, session.refresh.expose().as_bytes()).await.unwrap();
    let again = town.people.refresh(a, session.refresh.expose().as_bytes()).await.expect_err("reused");
    let all = Caller::new(Actor::System, [Role::new("all", ["*"]).unwrap()]);
    let (key, entry) = town.people.create_key(&who, &all, "shop", "*".parse().unwrap(), None).await.unwrap();
    town.people.invite(a, &all, "bea@example.com", role).await.unwrap();
    let (_, invitation) = town.mail("invitation").await;
    let accepted = town.people.accept(a, invitation.as_bytes(), "Bea", typed("bea's password"), HOME).await.unwrap();
    town.people.accept(a, invitation.as_bytes(), "Bea", typed("bea's password"), HOME).await.expect_err("accepted before");
    town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
    let (_, reset) = town.mail("reset").await;
    town.people.finish_reset(a, reset.as_bytes(), typed("another password"), HOME).await.unwrap();
    town.people.finish_reset(a, reset.as_bytes(), typed("another password"), HOME).await.expect_err("done before");
    drop(listening);

    let mut secrets: Vec<String> =
        [PASSWORD, "wrong horse", "bea's password", "another password", "argon2id", "ada@example", "bea@example"].map(str::to_owned).into();
    let [one, two, three] = [&session, &next, &accepted].map(|session| session.refresh.expose().to_string());
    let tokens = [one, two, three, key.expose().to_string(), invitation, reset];
    secrets.extend(tokens.iter().map(|token| token.rsplit('_').next().unwrap()[..64].to_owned()));
    secrets.extend([&session, &next, &accepted].map(|session| session.access.expose().rsplit('.').next().unwrap().to_owned()));
    let text = "select secret_hash from tenancy.api_keys union all select secret_hash from tenancy.invitations
                union all select family_hash from tenancy.logins union all select current_hash from tenancy.logins";
    let hashes: Vec<String> = sqlx::query_scalar(text).fetch_all(&mut town.bed.observer().await).await.unwrap();
    assert!(hashes.len() > 4);
    secrets.extend(hashes);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("came again"), "something is logged: {log}");
    let sessions = [&session, &next, &accepted].map(|session| (&session.access, &session.refresh));
    let printed = format!("{:?} {wrong:?} {again:?} {sessions:?} {key:?} {entry:?}", town.people);
    for secret in &secrets {
        assert!(!log.contains(secret) && !printed.contains(secret), "{secret} is told");
    }
}
