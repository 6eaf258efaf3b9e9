//! A browser's session, which is in cookies: what sets them, from where, and what no page sees.

use serde_json::{Value, json};
use tenantry::people::http;
use tenantry_tests::Answer;

use crate::service::{Ask, Jar, OWN_PAGE, PASSWORD, Town, api, text};

fn credentials() -> Value {
    json!({ "email": "ada@example.com", "password": PASSWORD, "cookie": true })
}

async fn town() -> Town {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town
}

/// A request of a page of this origin, with what the browser keeps.
fn page<'t>(town: &'t Town, path: &str, jar: &Jar) -> Ask<'t> {
    town.ask("a", "POST", path).header(OWN_PAGE).header(("cookie", &jar.header()))
}

async fn refreshed(town: &Town, jar: &Jar) -> Answer {
    page(town, "/auth/refresh", jar).json(json!({ "cookie": true })).await
}

#[tokio::test]
async fn the_tokens_of_a_browser_are_in_cookies_and_nowhere_else() {
    let town = town().await;
    let answer = town.ask("a", "POST", "/auth/login").header(OWN_PAGE).json(credentials()).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    let names: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["expires_in", "user"]);
    let jar = Jar::of(&answer);
    assert!(jar.refresh.starts_with("rt_") && jar.session.starts_with("ey"), "{jar:?}");
    assert!(!answer.body.contains(&jar.session) && !answer.body.contains(&jar.refresh));
    let set: Vec<String> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    let weeks = 14 * 24 * 60 * 60;
    assert_eq!(
        set,
        [
            format!("__Host-session={}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax", jar.session),
            format!("__Host-refresh={}; Path=/; Max-Age={weeks}; Secure; HttpOnly; SameSite=Strict", jar.refresh),
        ]
    );
    let read = town.ask("a", "GET", "/customers").header(("cookie", &jar.header())).empty().await;
    assert_eq!(read.status, 200, "{read:?}");
    let customer = json!({ "code": "A", "name": "A" });
    assert_eq!(page(&town, "/customers", &jar).json(customer.clone()).await.status, 201);
    let foreign = town.ask("a", "POST", "/customers").header(("cookie", &jar.header())).header(("sec-fetch-site", "cross-site"));
    assert_eq!(foreign.json(customer).await.status, 403);
}

/// Who would log a browser in as somebody else, end its session, or use it up.
#[tokio::test]
async fn a_foreign_page_sets_no_cookie() {
    let town = town().await;
    let token = town.invited("a", "new@example.com", &["*"]).await;
    let jar = town.browser("a", "ada@example.com").await;
    let bodies = [
        ("/auth/login", credentials()),
        ("/auth/accept", json!({ "token": token, "name": "New", "password": PASSWORD, "cookie": true })),
        ("/auth/refresh", json!({ "cookie": true })),
        ("/auth/logout", json!({ "cookie": true })),
    ];
    let pages: [&[(&str, &str)]; 9] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://a.example.com")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://b.example.com")],
        &[("origin", "http://a.example.com")],
        &[("origin", "null")],
        &[],
    ];
    for (path, body) in &bodies {
        for headers in pages {
            // Without the cookie of the session, by which the layer in front would know; the browser may have lost it.
            let mut ask = town.ask("a", "POST", path).header(("cookie", &format!("__Host-refresh={}", jar.refresh)));
            for header in headers {
                ask = ask.header(*header);
            }
            let answer = ask.json(body.clone()).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "cross-origin"), "{path} {headers:?}: {answer:?}");
            assert!(answer.headers.get("set-cookie").is_none(), "{path} {headers:?}");
        }
    }
    assert_eq!(refreshed(&town, &jar).await.status, 200, "nothing has happened to it");
    let own = town.ask("a", "POST", "/auth/login").header(("origin", "https://a.example.com")).json(credentials()).await;
    assert_eq!(own.status, 200, "an older browser, from its own page");
}

/// Session fixation: whatever somebody has planted in the browser is gone with the login.
#[tokio::test]
async fn a_login_keeps_nothing_of_what_the_browser_had() {
    let town = town().await;
    town.person("a", "eve@example.com", &["*"]).await;
    let planted = town.browser("a", "eve@example.com").await;
    let answer = page(&town, "/auth/login", &planted).json(credentials()).await;
    let jar = Jar::of(&answer);
    assert_eq!(answer.json()["user"]["email"], "ada@example.com");
    let family = |jar: &Jar| jar.refresh.split('_').nth(2).map(str::to_owned).unwrap();
    assert!(jar.session != planted.session && jar.refresh != planted.refresh && family(&jar) != family(&planted));
    let mine = refreshed(&town, &jar).await;
    assert_eq!(mine.json()["user"]["email"], "ada@example.com");
    let theirs = refreshed(&town, &planted).await;
    assert_eq!(theirs.json()["user"]["email"], "eve@example.com", "what was planted is still its owner's");
    // What is no session at all is no hindrance either.
    let odd = Jar { session: "x".to_owned(), refresh: "../../x".to_owned() };
    assert_eq!(page(&town, "/auth/login", &odd).json(credentials()).await.status, 200);
}

#[tokio::test]
async fn a_browser_refreshes_by_its_cookie_once() {
    let town = town().await;
    let first = town.browser("a", "ada@example.com").await;
    // The cookie of the session has expired, and the browser has dropped it.
    let only = format!("__Host-refresh={}", first.refresh);
    let answer = town.ask("a", "POST", "/auth/refresh").header(OWN_PAGE).header(("cookie", &only)).json(json!({ "cookie": true })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let second = Jar::of(&answer);
    assert!(second.refresh != first.refresh && !answer.body.contains("rt_") && !answer.body.contains(&second.session));
    let replayed = refreshed(&town, &first).await;
    assert_eq!((replayed.status, replayed.code().as_str()), (401, "credentials"));
    assert_eq!(Jar::of(&replayed), Jar::default(), "dead cookies are taken away");
    assert_eq!(refreshed(&town, &second).await.status, 401, "the login has ended");
}

#[tokio::test]
async fn a_cookie_that_is_not_there_once_refreshes_nothing() {
    let town = town().await;
    let (jar, other) = (town.browser("a", "ada@example.com").await, town.browser("a", "ada@example.com").await);
    let twice = format!("__Host-refresh={}; __Host-refresh={}", jar.refresh, other.refresh);
    let same = format!("__Host-refresh={0}; __Host-refresh={0}", jar.refresh);
    let elsewhere = format!("refresh={0}; __Secure-refresh={0}; __host-refresh={0}", jar.refresh);
    for cookie in ["", "__Host-refresh=", "__Host-refresh", "__Host-refresh=x", "__Host-refresh=\u{e9}", &twice, &same, &elsewhere] {
        let answer =
            town.ask("a", "POST", "/auth/refresh").header(OWN_PAGE).header(("cookie", cookie)).json(json!({ "cookie": true })).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "credentials"), "{cookie}");
    }
    assert_eq!(refreshed(&town, &jar).await.status, 200);
}

/// A body without the word is a client's own, whatever cookies come along with it.
#[tokio::test]
async fn a_cookie_is_read_where_the_body_says_so() {
    let town = town().await;
    let jar = town.browser("a", "ada@example.com").await;
    for path in ["/auth/refresh", "/auth/logout"] {
        assert_eq!(page(&town, path, &jar).json(json!({})).await.errors(), (422, vec!["/refresh_token required".to_owned()]));
        assert_eq!(page(&town, path, &jar).json(json!({ "cookie": false })).await.errors().0, 422);
        let both = json!({ "cookie": true, "refresh_token": jar.refresh });
        assert_eq!(page(&town, path, &jar).json(both).await.errors(), (422, vec!["/refresh_token twice".to_owned()]));
    }
    assert_eq!(refreshed(&town, &jar).await.status, 200);
}

#[tokio::test]
async fn a_logout_takes_the_cookies_away_and_ends_the_login() {
    let town = town().await;
    let jar = town.browser("a", "ada@example.com").await;
    let out = page(&town, "/auth/logout", &jar).json(json!({ "cookie": true })).await;
    assert_eq!((out.status, &*out.body), (204, ""));
    assert_eq!(Jar::of(&out), Jar::default());
    for set in out.headers.get_all("set-cookie") {
        let set = set.to_str().unwrap();
        assert!(set.contains("Max-Age=0; Secure; HttpOnly; SameSite="), "{set}");
    }
    assert_eq!(refreshed(&town, &jar).await.status, 401);
}

#[tokio::test]
async fn an_invitation_is_accepted_into_cookies() {
    let town = town().await;
    let token = town.invited("a", "new@example.com", &["*"]).await;
    let body = json!({ "token": token, "name": "New", "password": PASSWORD, "cookie": true });
    let answer = town.ask("a", "POST", "/auth/accept").header(OWN_PAGE).json(body).await;
    let jar = Jar::of(&answer);
    assert!(answer.status == 200 && answer.json().get("access_token").is_none(), "{answer:?}");
    assert_eq!(refreshed(&town, &jar).await.json()["user"]["name"], "New");
}

/// A script that got into a page of one tenant must not read tokens of another.
#[tokio::test]
async fn a_session_in_cookies_goes_on_in_cookies() {
    let town = town().await;
    let there = town.person("b", "ada@example.com", &["*"]).await;
    let jar = town.browser("a", "ada@example.com").await;
    let refused = page(&town, "/auth/switch", &jar).json(json!({ "tenant": "b" })).await;
    assert_eq!(refused.errors(), (422, vec!["/cookie required".to_owned()]));
    let switched = page(&town, "/auth/switch", &jar).json(json!({ "tenant": "b", "cookie": true })).await;
    assert_eq!((switched.status, text(&switched.json()["user"], "id")), (200, there.to_string().as_str()), "{switched:?}");
    assert!(switched.json().get("access_token").is_none() && switched.json().get("refresh_token").is_none());
    let of_b = Jar::of(&switched);
    let read = town.ask("b", "GET", "/customers").header(("cookie", &of_b.header())).empty().await;
    assert_eq!(read.status, 200, "{read:?}");
    let foreign = town.ask("a", "POST", "/auth/switch").header(("cookie", &jar.header())).header(("sec-fetch-site", "cross-site"));
    assert_eq!(foreign.json(json!({ "tenant": "b", "cookie": true })).await.status, 403);
}

#[tokio::test]
async fn a_service_without_cookies_gives_none() {
    let town = Town::with(tenantry::auth::AttemptLimits::DEFAULT, |people| http::public(&api(), people, None)).await;
    town.person("a", "ada@example.com", &["*"]).await;
    let answer = town.ask("a", "POST", "/auth/login").header(OWN_PAGE).json(credentials()).await;
    assert_eq!(answer.errors(), (422, vec!["/cookie cookie".to_owned()]));
    town.login("a", "ada@example.com").await;
}
