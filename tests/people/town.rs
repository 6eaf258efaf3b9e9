//! Two tenants, people with and without accounts in them, and the mails that they get.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::PgConnection;
use tenantry::auth::token::{KeyRing, SigningKey};
use tenantry::auth::{AttemptLimits, Attempts, Cost, Hashing, Password, PasswordHash};
use tenantry::layers::authenticate::{Authenticated, By};
use tenantry::layers::callers::UserRoles;
use tenantry::people::{Email, Mail, MailError, MailKind, Mailer, People, PeopleError, Session};
use tenantry::permissions::{Caller, Role};
use tenantry::{Actor, Identities, TenantId};
use tenantry_tests::{Bed, patient};
use uuid::Uuid;

/// Where every request comes from.
pub(crate) const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Town {
    pub(crate) bed: Bed,
    pub(crate) identities: Identities,
    pub(crate) people: People,
    pub(crate) ring: KeyRing,
    pub(crate) post: Post,
}

/// Somebody with an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) identity: Uuid,
    pub(crate) user: Uuid,
}

/// A mail: to whom, what about, and its token.
pub(crate) type Letter = (String, &'static str, String);

/// What was mailed.
#[derive(Clone, Default)]
pub(crate) struct Post(Arc<Mutex<Vec<Letter>>>);

impl Mailer for Post {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let (kind, token) = match mail.kind {
            MailKind::Invitation { token, .. } => ("invitation", token),
            MailKind::Reset { token, .. } => ("reset", token),
            _ => return Err(MailError::Refused),
        };
        self.0.lock().unwrap().push((mail.to.to_string(), kind, token.to_string()));
        Ok(())
    }
}

/// So many attempts that no test meets the bound unless it is about that.
pub(crate) fn patience() -> AttemptLimits {
    let mut limits = AttemptLimits::DEFAULT;
    (limits.of_an_identity, limits.of_an_address) = (10_000, 10_000);
    limits
}

/// Little work, at either of two costs.
pub(crate) fn quick(passes: u32) -> Hashing {
    Hashing::new(Cost::new(64, passes, 1).unwrap(), 4).unwrap()
}

pub(crate) fn typed(text: &str) -> Password {
    Password::typed(text.to_owned()).unwrap()
}

pub(crate) async fn hash(text: &str) -> PasswordHash {
    quick(1).hash(typed(text)).await.unwrap()
}

/// Whether somebody was turned away with the one answer that there is.
#[track_caller]
pub(crate) fn assert_wrong<T: std::fmt::Debug>(result: Result<T, PeopleError>) {
    assert!(matches!(result, Err(PeopleError::Wrong)), "{result:?}");
}

impl Town {
    pub(crate) async fn new() -> Self {
        Self::with(patience()).await
    }

    pub(crate) async fn with(limits: AttemptLimits) -> Self {
        let bed = Bed::new().await;
        let config = patient(bed.stage.url("identity").expose_with_password());
        let identities = Identities::start(&config, &tenantry_app::CONVENTIONS).await.unwrap();
        let key = SigningKey::generate("one".parse().unwrap()).unwrap();
        let ring = KeyRing::builder("https://api.example.com", "town", key).build().unwrap();
        let post = Post::default();
        let people = People::builder(&bed.tenancy, identities.clone(), ring.clone())
            .hashing(quick(1))
            .attempts(Attempts::new(limits).unwrap())
            .mailer(post.clone())
            .build()
            .unwrap();
        Self { bed, identities, people, ring, post }
    }

    /// A person with that password, and no user anywhere.
    pub(crate) async fn stranger(&self, email: &str) -> Uuid {
        let email: Email = email.parse().unwrap();
        self.identities.create(&email, Some(&hash(PASSWORD).await)).await.unwrap()
    }

    /// A person who is a user of that tenant.
    pub(crate) async fn person(&self, tenant: TenantId, email: &str) -> Person {
        let identity = self.stranger(email).await;
        Person { identity, user: self.joins(tenant, identity, email).await }
    }

    /// Makes somebody a user of a tenant.
    pub(crate) async fn joins(&self, tenant: TenantId, identity: Uuid, email: &str) -> Uuid {
        let user = Uuid::now_v7();
        let text = "insert into tenancy.users (tenant_id, id, identity_id, email, name) values ($1, $2, $3, $4, 'Somebody')";
        let query = sqlx::query(text).bind(tenant.uuid()).bind(user).bind(identity).bind(email);
        query.execute(&mut self.bed.observer().await).await.unwrap();
        user
    }

    /// Makes a role and gives it to a user.
    pub(crate) async fn has(&self, tenant: TenantId, user: Uuid, grants: &[&str]) -> Uuid {
        let all = Caller::new(Actor::System, [Role::new("all", ["*"]).unwrap()]);
        let role = Role::new(&format!("role {}", Uuid::now_v7()), grants.iter().copied()).unwrap();
        let role = self.people.create_role(tenant, &all, role).await.unwrap();
        self.people.give_role(tenant, &all, user, role).await.unwrap();
        role
    }

    pub(crate) async fn login(&self, tenant: TenantId, email: &str) -> Session {
        self.people.login(tenant, email, typed(PASSWORD), HOME).await.unwrap()
    }

    /// Who sends a request with the session's token.
    pub(crate) fn who(&self, session: &Session) -> Authenticated {
        let claims = self.ring.verify(session.access.expose()).unwrap();
        Authenticated::by_token(claims.tenant, claims.subject, claims.scopes, claims.id)
    }

    /// The same user with a key that was lent out.
    pub(crate) fn by_key(&self, session: &Session) -> Authenticated {
        let mut who = self.who(session);
        who.by = By::Key(Uuid::now_v7());
        who
    }

    /// What somebody may.
    pub(crate) async fn caller(&self, who: &Authenticated) -> Caller {
        Caller::new(Actor::User(who.subject), UserRoles::roles(&self.people, who).await.unwrap())
    }

    /// The mails that were sent until now, which are not shown again.
    pub(crate) async fn mails(&self) -> Vec<Letter> {
        self.people.settled().await;
        std::mem::take(&mut *self.post.0.lock().unwrap())
    }

    /// The one mail that was sent: to whom, and its token.
    pub(crate) async fn mail(&self, kind: &str) -> (String, String) {
        let mails = self.mails().await;
        let [(to, of, token)] = &mails[..] else { panic!("not one mail: {mails:?}") };
        assert_eq!(*of, kind);
        (to.clone(), token.clone())
    }

    /// The logins of a user that have not ended.
    pub(crate) async fn open_logins(&self, user: Uuid) -> i64 {
        let text = "select count(*) from tenancy.logins where user_id = $1 and ended_at is null";
        sqlx::query_scalar(text).bind(user).fetch_one(&mut self.bed.observer().await).await.unwrap()
    }

    /// Runs a statement about one row, as somebody who may do anything.
    pub(crate) async fn meddle(&self, statement: &'static str, id: Uuid) {
        let done = sqlx::query(statement).bind(id).execute(&mut self.bed.observer().await).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{statement}");
    }

    /// Waits until so many of this database's connections wait for a lock.
    pub(crate) async fn until_waiting(&self, observer: &mut PgConnection, connections: i64) {
        let text = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let waiting = async {
            while sqlx::query_scalar::<_, i64>(text).fetch_one(&mut *observer).await.unwrap() < connections {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("they wait");
    }
}
