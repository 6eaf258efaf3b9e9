//! Requests to the routes of people that are not well meant: by an administrator of one tenant who knows the ids, the names, the tokens and the
//! keys of another's people. Each is compared with the same request about nobody.

mod credentials;
mod fixture;
mod ids;
mod names;
mod tokens;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::super::accounts::Accounts;
use super::super::observer::Digest;
use super::answer::{Answer, shown};
use super::pair::{ATTACKER, Pair, VICTIM};
use super::report::{AttackKind, AttackReport};
use fixture::Fixture;

/// Tries every class of requests.
pub(super) async fn people<'a>(accounts: &'a Accounts, pair: &mut Pair<'a>, report: &mut AttackReport) -> Result<(), String> {
    let [(own, own_slug), (theirs, their_slug)] = [ATTACKER, VICTIM].map(|who| (pair.tenants[who], pair.slugs[who].clone()));
    let own = Fixture::furnish(accounts, own, own_slug).await?;
    let theirs = Fixture::furnish(accounts, theirs, their_slug).await?;
    let markers = theirs.markers();
    let mut attacker = Attacker { accounts, pair, report, own, theirs, markers, kind: names::LISTS };
    names::lists(&mut attacker).await?;
    ids::foreign(&mut attacker).await?;
    credentials::elsewhere(&mut attacker).await?;
    tokens::presented(&mut attacker).await?;
    names::taken(&mut attacker).await?;
    tokens::at_home(&attacker).await
}

/// Who sends the requests: an administrator of one of two tenants with people.
struct Attacker<'a, 'b> {
    accounts: &'a Accounts,
    pair: &'b mut Pair<'a>,
    report: &'b mut AttackReport,
    own: Fixture,
    theirs: Fixture,
    /// What the victim can be known by.
    markers: Vec<String>,
    /// The class that is being tried.
    kind: AttackKind,
}

/// With what somebody is believed.
#[derive(Clone, Copy)]
struct Credential<'q> {
    /// What it is, for whoever reads of it.
    what: &'static str,
    text: &'q str,
}

/// A request to the routes of people.
#[derive(Clone, Copy)]
struct Asked<'q> {
    /// The tenant whose host is asked.
    slug: &'q str,
    credential: Option<Credential<'q>>,
    method: &'q Method,
    path: &'q str,
    body: Option<&'q str>,
}

impl Asked<'_> {
    /// In a line.
    fn line(&self) -> String {
        let who = self.credential.map_or("nobody", |credential| credential.what);
        let line = format!("{who} at {}: {} {} {}", self.slug, self.method, self.path, self.body.unwrap_or_default());
        shown(line.trim_end())
    }

    /// All that it says.
    fn said(&self) -> String {
        format!(
            "{} {} {} {}",
            self.slug,
            self.credential.map_or("", |credential| credential.text),
            self.path,
            self.body.unwrap_or_default()
        )
    }
}

impl Attacker<'_, '_> {
    /// A request of the attacker's, whose answer is scanned.
    async fn send(&mut self, asked: Asked<'_>) -> Result<Answer, String> {
        self.report.count(self.kind);
        let answer = send(self.accounts, asked).await?;
        if let Some(fault) = answer.fault(&asked.said(), &self.markers) {
            self.report.violation(self.kind, format!("`{}` => {fault}", asked.line()));
        }
        Ok(answer)
    }

    /// The same about the victim and about nobody: the answers differ in no more than what was asked, and do nothing.
    async fn refused(&mut self, about: Asked<'_>, nobody: Asked<'_>, names: &[(&str, &str)]) -> Result<(), String> {
        let seen = self.alike(about, nobody, names).await?;
        if seen.status.is_success() && about.method != Method::OPTIONS {
            let told = format!("`{}` => {} {}, where a refusal was due", about.line(), seen.status, shown(&seen.body));
            self.report.violation(self.kind, told);
        }
        Ok(())
    }

    /// The answers differ in no more than those names, of the victim's and of nobody's.
    async fn alike(&mut self, about: Asked<'_>, nobody: Asked<'_>, names: &[(&str, &str)]) -> Result<Answer, String> {
        let (seen, nothing) = (self.send(about).await?, self.send(nobody).await?);
        let theirs = names.iter().fold(seen.clone(), |answer, (theirs, _)| answer.about(theirs));
        let nobodys = names.iter().fold(nothing.clone(), |answer, (_, nobodys)| answer.about(nobodys));
        if theirs != nobodys {
            let told = format!("`{}` => {seen:?}, and for nobody's {nothing:?}", about.line());
            self.report.violation(self.kind, told);
        }
        Ok(seen)
    }

    /// The victim's rows have not changed since, nor the attacker's where all was to be refused.
    async fn unchanged(&mut self, before: &[Digest], own_too: bool) -> Result<(), String> {
        let now = self.pair.look().await?;
        for (who, whose) in [(VICTIM, "the victim's"), (ATTACKER, "the attacker's")] {
            if now[who] != before[who] && (who == VICTIM || own_too) {
                self.report.violation(self.kind, format!("{whose} people have changed"));
            }
        }
        Ok(())
    }
}

/// What the routes answer.
async fn send(accounts: &Accounts, asked: Asked<'_>) -> Result<Answer, String> {
    let mut request = Request::builder().method(asked.method).uri(format!("/api{}", asked.path));
    request = request.header(header::HOST, Accounts::host(asked.slug));
    if let Some(credential) = asked.credential {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", credential.text));
    }
    if asked.body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(Body::from(asked.body.unwrap_or_default().to_owned()));
    Answer::of(&accounts.router, request.map_err(|error| format!("{}: {error}", asked.path))?).await
}

/// A text of an answer.
fn text(json: &Value, pointer: &str) -> Result<String, String> {
    json.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no {pointer} is answered: {json}"))
}
