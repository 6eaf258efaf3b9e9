//! What a proof says in the end, to people and to programs.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use tenantry::schema::{ModelDef, Verb};

use super::driver::{REPEATS, Red, Tally};
use super::ground::{Ground, POOLS};
use super::report::Kind;
use super::settings::Profile;

/// A model in a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Model {
    name: &'static str,
    table: &'static str,
    /// The verbs of its generated routes.
    routes: Vec<&'static str>,
}

/// The server in a report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Server {
    /// Such as `15.8`.
    pub(super) version: String,
    /// What the database was provisioned as.
    pub(super) level: String,
}

/// What is proven, and where.
pub(super) struct Subject<'a> {
    proof: &'a super::Proof,
    ground: &'a Ground,
    server: Server,
}

/// The three together.
pub(super) const fn subject<'a>(proof: &'a super::Proof, ground: &'a Ground, server: Server) -> Subject<'a> {
    Subject { proof, ground, server }
}

/// What a proof has tried, and with what. Its `Display` is for people, its [`Serialize`] for programs: `proof.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Of this form of the file.
    format: u32,
    green: bool,
    server: Server,
    profile: Option<String>,
    /// As text: JSON's numbers are not exact beyond 2^53.
    seed: String,
    cases: u32,
    operations: u64,
    seconds: f64,
    /// The fewest and the most in a case.
    tenants: (usize, usize),
    /// How many connections the service had, from case to case.
    pools: Vec<u32>,
    models: Vec<Model>,
    surfaces: Vec<String>,
    hand_written: Vec<&'static str>,
    kinds: Vec<Kind>,
    distinct_statements: usize,
    log_lines: u64,
    observer: &'static str,
    views: &'static str,
    not_covered: Vec<String>,
    failure: Option<Failure>,
}

impl Report {
    pub(super) fn new(subject: Subject<'_>, seed: u64, tally: &Tally) -> Self {
        let Subject { proof, ground, server } = subject;
        let routes = |def: &ModelDef| Verb::ALL.into_iter().filter(|verb| def.routes.has(*verb)).map(|verb| verb.word()).collect();
        let model = |def: &&'static ModelDef| Model { name: def.name, table: def.table, routes: routes(def) };
        Self {
            format: 1,
            green: true,
            server,
            profile: None,
            seed: seed.to_string(),
            cases: tally.cases,
            operations: tally.counts.operations(),
            seconds: tally.elapsed.as_secs_f64(),
            tenants: (*proof.tenants.start(), *proof.tenants.end()),
            pools: POOLS.to_vec(),
            models: ground.world.models.iter().map(model).collect(),
            surfaces: ground.surfaces.iter().map(ToString::to_string).collect(),
            hand_written: ground.operations.iter().map(|operation| operation.name).collect(),
            kinds: tally.counts.kinds().collect(),
            distinct_statements: ground.log.statements(),
            log_lines: ground.log.lines(),
            observer: if ground.bypasses { OBSERVER } else { OBSERVER_IN_CONTEXT },
            views: VIEWS,
            not_covered: not_covered(ground),
            failure: None,
        }
    }

    pub(super) fn profile(mut self, profile: Option<Profile>) -> Self {
        self.profile = profile.map(|profile| profile.to_string());
        self
    }

    pub(super) fn failed(mut self, failure: &Failure) -> Self {
        self.green = false;
        self.failure = Some(failure.clone());
        self
    }

    /// The seed; with it the same cases run again.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed.parse().unwrap_or_default()
    }

    /// How many operations the tenants did.
    #[must_use]
    pub const fn operations(&self) -> u64 {
        self.operations
    }

    /// How many cases there were.
    #[must_use]
    pub const fn cases(&self) -> u32 {
        self.cases
    }

    /// Writes `proof.json` into the folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(folder.join("proof.json"), text + "\n")
    }
}

const OBSERVER: &str = "a login that row security does not bind, over the rows of all tenants at once";
const OBSERVER_IN_CONTEXT: &str =
    "the application's role in the context of one tenant after the other: no login of this level passes row security by";
const VIEWS: &str = "after each step every tenant's rows in SQL without a predicate and through one more surface, in turn; \
                     at the end of each case through all of them";

/// What a reader might think was shown, and was not.
fn not_covered(ground: &Ground) -> Vec<String> {
    let mut gaps = vec![
        "hand-written routes and functions that were not given to the proof as operations".to_owned(),
        "who holds the login of the administrator, the owner or the migrator, or changes the service's code".to_owned(),
        "how long an answer takes, and how tenants feel each other's load".to_owned(),
        "marks in values that must meet between tenants (unique keys, 32-bit numbers, dates, words, short texts): there only the model tells".to_owned(),
    ];
    let unlisted: Vec<&str> = ground.world.models.iter().filter(|def| !def.routes.has(Verb::List)).map(|def| def.table).collect();
    if !unlisted.is_empty() {
        gaps.push(format!("the tenant's view over HTTP of tables without a list route: {}", unlisted.join(", ")));
    }
    if !ground.bypasses {
        gaps.push("rows that no tenant's own context shows: there is no login here that would see them".to_owned());
    }
    gaps
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Kind { kind, attack, tried, accepted, with_foreign_id } in &self.kinds {
            write!(f, "  {kind:<34} {tried:>6} tried")?;
            if !attack {
                let share = accepted * 100 / (*tried).max(1);
                write!(f, ", {accepted:>6} accepted ({share:>3} %)")?;
            }
            if *with_foreign_id > 0 {
                write!(f, ", {with_foreign_id:>5} with another tenant's id")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "  PostgreSQL {}, level {}; observed by {}", self.server.version, self.server.level, self.observer)?;
        writeln!(f, "  {} distinct statements; {} log lines without a value of a row", self.distinct_statements, self.log_lines)?;
        let (least, most) = self.tenants;
        write!(
            f,
            "proof: {} operations of {least} to {most} tenants in {} cases, {:.0} s, seed {}: green",
            self.operations, self.cases, self.seconds, self.seed
        )
    }
}

/// A proof that does not hold, or could not be run. Its `Display` is the script that leads to the fault.
#[derive(Clone, PartialEq, Serialize)]
pub struct Failure {
    seed: Option<String>,
    case: Option<u32>,
    script: Vec<String>,
    fault: String,
    shrinking: Option<String>,
}

impl Failure {
    pub(super) fn red(seed: u64, red: Red) -> Self {
        let shrinking = if red.in_turn {
            "the tenants act one after the other, so this script fails each time".to_owned()
        } else {
            format!("the tenants act at the same time; each shorter script was good {REPEATS} times")
        };
        let Red { case, broken, .. } = red;
        Self { seed: Some(seed.to_string()), case: Some(case), script: broken.script, fault: broken.fault, shrinking: Some(shrinking) }
    }

    /// Nothing was reached that should not be, and yet too little was shown.
    pub(super) fn short(seed: u64, fault: String) -> Self {
        Self { seed: Some(seed.to_string()), case: None, script: Vec::new(), fault, shrinking: None }
    }

    pub(super) fn setup(error: impl fmt::Display) -> Self {
        Self { seed: None, case: None, script: Vec::new(), fault: error.to_string(), shrinking: None }
    }

    /// The seed that repeats it; `None` when the proof could not begin.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed.as_ref().and_then(|seed| seed.parse().ok())
    }

    /// What was done, one line each.
    #[must_use]
    pub fn script(&self) -> &[String] {
        &self.script
    }

    /// What was seen in the end.
    #[must_use]
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(seed) = &self.seed else { return write!(f, "the proof cannot be run: {}", self.fault) };
        for (number, line) in self.script.iter().enumerate() {
            writeln!(f, "  {}. {line}", number + 1)?;
        }
        writeln!(f, "  => {}", self.fault)?;
        if let Some(shrinking) = &self.shrinking {
            writeln!(f, "  ({shrinking})")?;
        }
        match self.case {
            Some(case) => write!(f, "proof: case {case} of seed {seed}: red"),
            None => write!(f, "proof: seed {seed}: red"),
        }
    }
}

// `unwrap` prints this one, and the script must stay readable.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Failure {}
