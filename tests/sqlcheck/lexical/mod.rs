//! Texts that a parser may read otherwise than PostgreSQL: what the server would run is what was judged.

mod cases;
mod noise;
mod precedence;
mod random;

use std::fmt;

use tenantry_sqlcheck::check;

use crate::oracle::{Comparison, Pair};
use crate::{CONVENTIONS, SERVER};

/// A text, and what becomes of it.
struct Case {
    text: String,
    accepted: bool,
    server: Server,
    /// A setting of the server under which it is tried.
    setting: Option<&'static str>,
}

/// What the server makes of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Server {
    /// It reads a statement that keeps to its tenant.
    Keeps,
    /// It reads a statement that does not.
    Leaks,
    /// It reads none, or none that it can run.
    Nonsense,
    /// One version, or one build of it, keeps and another reads none.
    KeepsOrNonsense,
    /// One leaks and another reads none.
    LeaksOrNonsense,
}

impl Server {
    fn of(comparison: &Comparison) -> Self {
        match comparison {
            Comparison::Same(outcome) if outcome.code().is_none() => Self::Keeps,
            Comparison::Same(_) => Self::Nonsense,
            Comparison::Different(_) => Self::Leaks,
            Comparison::TooSlow => panic!("such short texts are never slow"),
        }
    }

    fn is(self, expected: Self) -> bool {
        match expected {
            Self::KeepsOrNonsense => matches!(self, Self::Keeps | Self::Nonsense),
            Self::LeaksOrNonsense => matches!(self, Self::Leaks | Self::Nonsense),
            Self::Keeps | Self::Leaks | Self::Nonsense => self == expected,
        }
    }
}

#[tokio::test]
async fn what_the_server_would_run_is_what_was_judged() {
    let mut pair = Pair::new(&SERVER).await;
    pair.prepare(cases::MORE).await;
    let mut wrong = Vec::new();
    for case in cases::all() {
        let verdict = check(&case.text, &CONVENTIONS);
        if let Some(setting) = case.setting {
            pair.set(setting).await;
        }
        let comparison = pair.compare(&case.text).await;
        if let Some((name, _)) = case.setting.and_then(|setting| setting.split_once(" =")) {
            pair.set(&format!("{name} = default")).await;
        }
        let server = Server::of(&comparison);
        if verdict.is_ok() != case.accepted || !server.is(case.server) {
            let verdict = verdict.map(drop).map_err(|refusals| refusals.to_string());
            wrong.push(format!("{case}\n  is {verdict:?}, server {server:?}\n  {comparison:?}"));
        }
        assert!(!(case.accepted && matches!(case.server, Server::Leaks | Server::LeaksOrNonsense)), "{case}: the table itself is wrong");
    }
    assert!(wrong.is_empty(), "{} texts are not as the table says:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The reasons, for a person to read. Their words stand in the snapshots of the check itself.
#[test]
fn what_is_refused_says_why() {
    let reason = |case: Case| {
        let refusals = check(&case.text, &CONVENTIONS).err()?;
        let reasons: Vec<String> =
            refusals.iter().map(|refusal| format!("{:?} at {}:{}", refusal.rule(), refusal.line(), refusal.column())).collect();
        Some(format!("{:?}\n    {}; server: {:?}\n", case.text, reasons.join(", "), case.server))
    };
    insta::assert_snapshot!(cases::all().into_iter().filter_map(reason).collect::<String>());
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.accepted { "accepted" } else { "refused" };
        write!(f, "{:?}\n  should be {verdict}, server {:?}", self.text, self.server)
    }
}
