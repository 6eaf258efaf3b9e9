//! What `proof.json` and `code-mutants.json` hold, as the page reads them. A part that was not run is absent or null; what is not
//! known is passed over.

use serde::Deserialize;

/// `proof.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Proof {
    pub(super) verdict: Option<Verdict>,
    pub(super) server: Option<Server>,
    pub(super) models: Option<Vec<Model>>,
    pub(super) profile: Option<String>,
    pub(super) seed: Option<Seed>,
    pub(super) cases: Option<u64>,
    pub(super) seconds: Option<f64>,
    pub(super) parts: Option<Vec<Part>>,
    pub(super) workload: Option<Workload>,
    pub(super) attacks: Option<Attacks>,
    pub(super) faults: Option<Faults>,
    pub(super) timing: Option<Vec<Timing>>,
    pub(super) mutants: Option<Mutants>,
    pub(super) not_covered: Option<Vec<String>>,
    pub(super) failure: Option<Failure>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Green,
    Red,
}

/// A part of the proof, and what became of it: `green`, `red`, `not_reached`, `not_chosen`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    pub(super) part: String,
    pub(super) state: String,
    pub(super) seconds: f64,
}

/// The server, and what it was provisioned as.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Server {
    pub(super) version: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) level: Option<String>,
    pub(super) leaves_open: Option<Vec<Opening>>,
}

/// What a level leaves open, and for want of what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Opening {
    pub(super) lacks: String,
    pub(super) leaves: String,
}

/// A model that was proven.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) routes: Vec<String>,
}

/// A seed is text where it is written with care, since JSON's numbers are not exact beyond 2^53; a number is taken, too.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Seed {
    Text(String),
    Number(u64),
}

impl std::fmt::Display for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// The random operations.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Workload {
    pub(super) operations: Option<u64>,
    /// The fewest and the most in a case.
    pub(super) tenants: Option<(u64, u64)>,
    pub(super) pools: Vec<u64>,
    pub(super) surfaces: Vec<String>,
    pub(super) hand_written: Vec<String>,
    pub(super) kinds: Vec<Kind>,
    pub(super) distinct_statements: Option<u64>,
    pub(super) log_lines: Option<u64>,
    pub(super) observer: Option<String>,
    pub(super) views: Option<String>,
}

/// A kind of operation, and how often it was tried and accepted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Kind {
    pub(super) kind: String,
    pub(super) attack: bool,
    pub(super) tried: u64,
    pub(super) accepted: u64,
    pub(super) with_foreign_id: u64,
}

/// The attacks of the matrix and of the requests.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attacks {
    pub(super) kinds: Vec<AttackKind>,
    pub(super) violations: Vec<String>,
    pub(super) left_open: Vec<String>,
}

/// A kind of attack, and how often it was tried.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AttackKind {
    pub(super) kind: String,
    pub(super) tried: u64,
}

/// What was broken on purpose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Faults {
    pub(super) kinds: Vec<Fault>,
    /// Whether PgBouncer was gone through.
    pub(super) pooler: Option<bool>,
    /// Faults for which there was no time, each with the kind of operation.
    pub(super) left_out: Vec<String>,
}

/// A fault on a kind of operation, and what became of the operation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    pub(super) fault: String,
    pub(super) operation: String,
    pub(super) times: u64,
    pub(super) acknowledged: u64,
    pub(super) whole: u64,
    pub(super) absent: u64,
}

/// A comparison of times.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Timing {
    pub(super) request: String,
    pub(super) pairs: u64,
    pub(super) effect: Option<Effect>,
    pub(super) foreign_median_us: Option<f64>,
    pub(super) random_median_us: Option<f64>,
}

/// Cliff's delta with its interval of 99 %.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Effect {
    pub(super) delta: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The weakenings of the schema and of roles.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mutants {
    /// As the file counts them.
    pub(super) survivors: u64,
    pub(super) mutants: Vec<Mutant>,
    pub(super) unfit: Vec<Unfit>,
    /// What the level of the database leaves open.
    pub(super) open: Vec<MutantOpen>,
}

/// A weakening that was not run, or a detector, and what the level leaves open.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MutantOpen {
    pub(super) name: String,
    pub(super) what: String,
}

/// A weakening, and who noticed it: behaviour first, nobody for a survivor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mutant {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) what: String,
    pub(super) sql: Vec<String>,
    pub(super) caught: Vec<Caught>,
}

/// That a detector noticed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Caught {
    pub(super) by: String,
    pub(super) detector: String,
    pub(super) place: String,
    pub(super) seen: String,
    pub(super) script: Vec<String>,
    pub(super) without: Option<String>,
}

/// A weakening that the models have no place for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Unfit {
    pub(super) name: String,
    pub(super) why: String,
}

/// What turned the proof red.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    /// The part that is red; none when the proof could not begin.
    pub(super) part: Option<String>,
    pub(super) seed: Option<Seed>,
    pub(super) case: Option<u64>,
    pub(super) script: Vec<String>,
    pub(super) fault: String,
    pub(super) shrinking: Option<String>,
}

/// `code-mutants.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeMutants {
    pub(super) mutants: Vec<CodeMutant>,
}

/// A weakening of the library's code, and the tests that must notice it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeMutant {
    pub(super) name: String,
    pub(super) suite: String,
    pub(super) tests: Vec<String>,
    /// The kinds of faults of the proof that must notice it, too.
    pub(super) faults: Vec<String>,
    /// Those of the tests and faults that did not fail.
    pub(super) unnoticed: Vec<String>,
    /// The script that a proof printed, if that was what noticed.
    pub(super) script: Vec<String>,
}
