//! `bench logins`: what becomes of the other tenants when passwords are guessed at one.

mod alike;
mod load;
mod serving;
mod town;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tenantry_testkit::Stage;

use self::load::{ADDRESSES, Attack, Others};
pub(super) use self::serving::serve;
use self::serving::{Memory, Service};
use crate::demo::sample::Subject;
use crate::{App, output};

/// What the others keep of their throughput.
const KEPT: f64 = 0.8;
/// The memory that guessing may take, in KiB, beside the memory of hashes: what counts attempts (10 MiB), and buffers of connections.
const MEMORY: u64 = 42 * 1024;
/// The memory of a hash.
const OF_A_HASH: u64 = 19 * 1024;

/// How long and how much.
struct Extent {
    accounts: usize,
    logins: usize,
    /// How long the others are alone, and how long the longest attack is, each time.
    windows: [Duration; 2],
    /// How many accounts of each kind are compared, and how many times.
    compared: (usize, usize),
}

const WHOLE: Extent =
    Extent { accounts: 1_000, logins: 10_000, windows: [Duration::from_secs(3), Duration::from_secs(12)], compared: (8, 100) };
const QUICK: Extent = Extent { accounts: 50, logins: 100, windows: [Duration::from_millis(500), Duration::from_secs(1)], compared: (1, 5) };

/// One run against a service of its own.
struct Case {
    name: &'static str,
    unlimited: bool,
    /// From each address.
    connections: usize,
    /// The most attacks, each as long as a window; those that have sent all before end it. The others' tokens are good for ten minutes.
    attacks: usize,
    /// Whether the others must keep their share. A flood of requests takes its own, whatever they are for: what bounds it counts requests.
    held: bool,
}

const CASES: [Case; 3] = [
    Case {
        name: "the default limits: 5 free attempts of an identity, 50 of an address",
        unlimited: false,
        connections: 1,
        attacks: 25,
        held: true,
    },
    Case {
        name: "no limits, as for any number of addresses: each login is hashed",
        unlimited: true,
        connections: 1,
        attacks: 5,
        held: true,
    },
    Case { name: "no limits, and more at once than wait for their turn", unlimited: true, connections: 8, attacks: 5, held: false },
];

pub(super) fn run(app: &App, quick: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(bench(app, if quick { &QUICK } else { &WHOLE }, quick))
}

async fn bench(app: &App, extent: &Extent, quick: bool) -> anyhow::Result<()> {
    let subject = Subject::of(app)?.context("the benchmark reads a list of rows that stand alone, and the application has none")?;
    let stage = town::build(app, extent.accounts).await?;
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let build = if cfg!(debug_assertions) { "; built without optimisation, so that the figures are worth little" } else { "" };
    output::line(format_args!("{processors} processors, load {}{build}", load_average()));
    let mut broken = Vec::new();
    for case in &CASES {
        let attacks = if quick { 1 } else { case.attacks };
        let measured = measure(&stage, subject.def.table, extent, case, attacks).await?;
        broken.extend(measured.report(case, processors));
    }
    broken.extend(compare(&stage, extent).await?);
    // A few seconds say little of what is left to others.
    if broken.is_empty() || quick { Ok(()) } else { bail!("{}", broken.join("; ")) }
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// A time in which the others were measured.
#[derive(Clone, Copy, Debug)]
struct Window {
    seconds: f64,
    answered: u64,
    logins: usize,
}

impl Window {
    fn rate(&self) -> f64 {
        self.answered as f64 / self.seconds
    }
}

struct Measured {
    alone: Vec<Window>,
    attacked: Vec<Window>,
    failed: u64,
    memory: Option<(Memory, Memory)>,
    answers: Vec<(u16, u64)>,
}

/// The others alone, under attack, alone, and so on.
async fn measure(stage: &Stage, table: &str, extent: &Extent, case: &Case, attacks: usize) -> anyhow::Result<Measured> {
    let service = Service::start(stage, case.unlimited)?;
    let others = Others::start(service.address, table).await?;
    let mut attack = Attack::new(service.address, extent.accounts, case.connections)?;
    let [quiet, longest] = extent.windows;
    // What is filled once.
    tokio::time::sleep(quiet).await;
    service.forget_peak();
    let before = service.memory();
    let mut measured = Measured { alone: Vec::new(), attacked: Vec::new(), failed: 0, memory: None, answers: Vec::new() };
    for number in 0..attacks {
        measured.alone.push(alone(&others, quiet).await);
        let (begun, sent) = (others.answered(), attack.sent());
        // What is answered fast is spread over three windows at least.
        let part = (sent + extent.logins.div_ceil(3)).min(extent.logins);
        let took = attack.until(if attacks == 1 { extent.logins } else { part }, longest).await?;
        let (answered, logins) = (others.answered() - begun, attack.sent() - sent);
        measured.attacked.push(Window { seconds: took.as_secs_f64(), answered, logins });
        output::progress(format_args!("attack {}: {} of {} logins were sent", number + 1, attack.sent(), extent.logins));
        if attack.sent() >= extent.logins {
            break;
        }
    }
    measured.alone.push(alone(&others, quiet).await);
    measured.failed = others.failed();
    measured.memory = before.zip(service.memory());
    measured.answers = attack.answers.into_iter().collect();
    Ok(measured)
}

async fn alone(others: &Others, time: Duration) -> Window {
    let (begin, begun) = (Instant::now(), others.answered());
    tokio::time::sleep(time).await;
    Window { seconds: begin.elapsed().as_secs_f64(), answered: others.answered() - begun, logins: 0 }
}

impl Measured {
    /// Prints what was measured, and returns which bounds do not hold.
    fn report(&self, case: &Case, processors: usize) -> Vec<String> {
        output::heading(&format!("\n{}", case.name));
        let rates: Vec<f64> = self.alone.iter().map(Window::rate).collect();
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        let (least, most) = rates.iter().fold((f64::MAX, 0.0_f64), |(least, most), rate| (least.min(*rate), most.max(*rate)));
        let noise = (most - least) / mean;
        let seconds: f64 = self.attacked.iter().map(|window| window.seconds).sum();
        let under = self.attacked.iter().map(|window| window.answered).sum::<u64>() as f64 / seconds;
        // Each attack beside the quiet before and after it: what else the machine does comes and goes.
        let beside = |quiet: &[Window]| quiet.iter().map(Window::rate).sum::<f64>() / 2.0;
        let pairs = || self.attacked.iter().zip(self.alone.windows(2).map(beside));
        let (ratio, logins) = (
            under * seconds / pairs().map(|(window, beside)| window.seconds * beside).sum::<f64>(),
            self.attacked.iter().map(|window| window.logins).sum::<usize>(),
        );
        let counts: Vec<String> = self.answers.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        output::line(format_args!(
            "  logins      {logins} from {} connections in {seconds:.1} s; {}",
            ADDRESSES * case.connections,
            counts.join(", ")
        ));
        output::line(format_args!(
            "  others      alone {mean:.0} requests/s, of windows that differ by {:.0} %; under attack {under:.0}",
            noise * 100.0
        ));
        for (window, beside) in pairs() {
            let (rate, share, seconds, logins) = (window.rate(), window.rate() / beside, window.seconds, window.logins);
            output::line(format_args!("              {rate:.0} beside {beside:.0} ({share:.2}), {logins} logins in {seconds:.1} s"));
        }
        let due = if case.held {
            format!("at least {KEPT}")
        } else {
            "no bound: it is a flood of requests, which hashes do not bound".to_owned()
        };
        output::line(format_args!("  ratio       {ratio:.2} ({due})"));
        let mut broken = Vec::new();
        if case.held && ratio < KEPT {
            broken.push(format!("the others keep {ratio:.2} of their throughput ({})", case.name));
        }
        if self.failed > 0 {
            broken.push(format!("{} requests of the others were not answered ({})", self.failed, case.name));
        }
        match self.memory {
            None => output::line("  memory      is not to be had on this system"),
            Some((before, after)) => {
                let (more, bound) =
                    (after.peak.saturating_sub(before.now) / 1024, (MEMORY + OF_A_HASH * (processors as u64 / 2).max(1)) / 1024);
                let (before, peak, after) = (before.now / 1024, after.peak / 1024, after.now / 1024);
                output::line(format_args!(
                    "  memory      {before} MiB before, {peak} at most, {after} after: {more} more (at most {bound})"
                ));
                if more > bound {
                    broken.push(format!("the service took {more} MiB more ({})", case.name));
                }
            }
        }
        broken
    }
}

/// Whether answers tell one kind of account from another.
async fn compare(stage: &Stage, extent: &Extent) -> anyhow::Result<Vec<String>> {
    output::heading("\nkinds of accounts");
    let (of_each, rounds) = extent.compared;
    let limited = Service::start(stage, false)?;
    let statuses: Vec<String> = alike::answers(limited.address, of_each).await?.iter().map(u16::to_string).collect();
    output::line(format_args!(
        "  answers     {}: of the same headers and body for every kind; five tries are free for each",
        statuses.join(", ")
    ));
    drop(limited);
    let unlimited = Service::start(stage, true)?;
    let mut broken = Vec::new();
    for times in alike::times(unlimited.address, extent.accounts, rounds).await? {
        let effect = times.effect.map(|effect| format!("; against the first: {effect}")).unwrap_or_default();
        output::line(format_args!("  time        {:18} median {:.1} ms{effect}", times.kind.name(), times.median / 1_000.0));
        if times.tells() {
            broken.push(format!("time tells who is {}", times.kind.name()));
        }
    }
    Ok(broken)
}
