//! Several units and hand-written statements in one tenant transaction, with savepoints, some of which fail half-way: then all of it is
//! taken back, and the model takes it back, too.

use tenantry::schema::Verb;
use tenantry::{Error, ErrorKind, TenantTx};

use super::executor::Seen;
use super::model::{Book, Outcome};
use super::operation::{Act, Scene, Surface, Target};
use super::report::Kindred;
use super::repository::{self, Door, outcome};
use super::runner::{Notes, Turn};
use super::value::Draw;
use super::{handwritten, script};

/// The code of a rule with which the work gives up of its own accord.
const GIVES_UP: &str = "gives_up";

/// A transaction that is under way: the book as the tenant sees it inside.
struct Work<'a, 's> {
    scene: &'a Scene<'s>,
    who: usize,
    book: Book,
    notes: Notes,
    /// What went otherwise than the model says.
    fault: Option<String>,
}

impl Turn<'_> {
    /// A transaction of two to five parts.
    pub(super) async fn transaction(&mut self, draw: &mut Draw) -> Result<(), String> {
        self.note("begins a transaction");
        let others = self.others.iter().map(|(tenant, book)| (tenant.uuid(), *book)).collect();
        let scene = Scene { world: self.lane.world, own: self.book, others };
        let mut work = Work { scene: &scene, who: self.who, book: self.book.clone(), notes: Notes::default(), fault: None };
        let result = self.lane.db.transaction(async |tx| work.parts(tx, draw).await).await;
        let Work { book, notes, fault, .. } = work;
        self.notes.script.extend(notes.script);
        self.notes.counts.merge(&notes.counts);
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.notes.counts.add(Kindred::Transaction, result.is_ok(), false);
        match result {
            Ok(()) => {
                self.note("commits");
                *self.book = book;
                Ok(())
            }
            Err(error) => {
                self.note(&format!("ends the transaction without a commit: {error}"));
                self.lane.canary.clean("the error", &format!("{error} {error:?}"))?;
                // A fault of the service ends a transaction, too, but it is none of those that this work has.
                let due = gave_up(&error) || !matches!(outcome(&error), Outcome::Fault(_));
                if due { Ok(()) } else { Err(format!("the transaction ended in {error}")) }
            }
        }
    }
}

fn gave_up(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Rule(rule) if rule.code == GIVES_UP)
}

impl Work<'_, '_> {
    async fn parts(&mut self, tx: &mut TenantTx<'_>, draw: &mut Draw) -> Result<(), Error> {
        for _ in 0..2 + draw.below(4) {
            if draw.percent(20) {
                self.savepoint(tx, draw).await?;
            } else {
                self.part(tx, draw).await?;
            }
        }
        if draw.percent(20) {
            return Err(Error::rule(GIVES_UP, "", "the work gives up at its end"));
        }
        Ok(())
    }

    /// A savepoint of one or two parts. When it fails, what it did is taken back and the transaction goes on.
    async fn savepoint(&mut self, tx: &mut TenantTx<'_>, draw: &mut Draw) -> Result<(), Error> {
        self.line("  sets a savepoint");
        let before = self.book.clone();
        let (parts, gives_up) = (1 + draw.below(2), draw.percent(30));
        let result = tx
            .savepoint(async |tx| {
                for _ in 0..parts {
                    self.part(tx, draw).await?;
                }
                if gives_up { Err(Error::rule(GIVES_UP, "", "the savepoint gives up")) } else { Ok(()) }
            })
            .await;
        self.notes.counts.add(Kindred::Savepoint, result.is_ok(), false);
        match result {
            Ok(()) => Ok(()),
            // What is not as it should be ends the work.
            Err(error) if self.fault.is_some() => Err(error),
            Err(_) => {
                self.line("  goes back to the savepoint");
                self.book = before;
                Ok(())
            }
        }
    }

    /// One unit or statement. A row that is not there is no failure of the transaction, so the work goes on after it.
    async fn part(&mut self, tx: &mut TenantTx<'_>, draw: &mut Draw) -> Result<(), Error> {
        let world = self.scene.world;
        let act = self.drawn(draw);
        self.notes.script.push(format!("  {}", script::line(world, self.who, &act)));
        let done = match act.surface {
            Surface::HandWritten => handwritten::on(tx, world, &act).await,
            _ => match repository::through(&mut Door::Within(tx), world, &act).await {
                Ok(Err(fault)) => return self.broken(fault),
                Ok(Ok(rows)) => Ok(rows),
                Err(error) => Err(error),
            },
        };
        let ended = done.as_ref().map_or_else(|error| handwritten::ended(&act, error), |_| Outcome::Done);
        let seen = match &done {
            Ok(rows) => Seen::done(rows.clone()),
            Err(error) => Seen::refused(ended.clone(), format!("{error:?}")),
        };
        // It is not done a second time with a random id, so it does not count as compared with one.
        self.notes.counts.add(Kindred::of(&act), ended == Outcome::Done, false);
        if let Err(fault) = Turn::settle(world, &mut self.book, &act, &seen) {
            return self.broken(fault);
        }
        match done {
            Ok(_) => Ok(()),
            Err(_) if ended == Outcome::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn drawn(&self, draw: &mut Draw) -> Act {
        let scene = Scene { world: self.scene.world, own: &self.book, others: self.scene.others.clone() };
        let surface = if draw.percent(30) { Surface::HandWritten } else { Surface::Repository };
        let verbs = [Verb::Create, Verb::Create, Verb::Patch, Verb::Patch, Verb::Delete, Verb::Get, Verb::List];
        let verb = draw.pick(&verbs).copied().unwrap_or(Verb::Get);
        let target = if draw.percent(15) { Target::Foreign } else { Target::Own };
        scene.verb(surface, verb, target, draw)
    }

    fn broken(&mut self, fault: String) -> Result<(), Error> {
        self.fault.get_or_insert(format!("in the transaction: {fault}"));
        Err(Error::rule(GIVES_UP, "", "the proof has seen enough"))
    }

    fn line(&mut self, text: &str) {
        self.notes.script.push(format!("{}{} {}", &text[..2], script::tenant(self.who), text.trim_start()));
    }
}
