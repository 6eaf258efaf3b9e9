//! Who has made something that outlives a killed process: an identity that the next run can judge.

use std::fmt;
use std::fs;
use std::process::{self, Command};
use std::str::FromStr;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A process, told apart from every other one that had or will have its number, on this machine and on others. Its text goes into the name
/// of a directory and the label of a container, so that what was made and whose it is come into being in one step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Owner {
    /// The start of the machine.
    boot: String,
    /// The space in which the number counts: two containers on one machine have a process 1 each.
    space: String,
    process: u32,
    /// When it started, in whatever unit the system has.
    started: String,
}

/// What this process can say of an owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Life {
    Alive,
    Dead,
    /// It belongs to another machine, or to this one before it was started last.
    OtherBoot,
    /// It belongs to another container on this machine, whose processes are out of sight.
    OtherSpace,
}

static CURRENT: LazyLock<Owner> = LazyLock::new(|| Owner {
    boot: digits(&boot()),
    space: digits(&space()),
    process: process::id(),
    started: started(process::id()).unwrap_or_default(),
});

impl Owner {
    /// This process.
    pub(super) fn current() -> &'static Self {
        &CURRENT
    }

    pub(super) fn life(&self) -> Life {
        let here = Self::current();
        if self.boot != here.boot {
            return Life::OtherBoot;
        }
        if self.space != here.space {
            return Life::OtherSpace;
        }
        if started(self.process).is_some_and(|started| started == self.started) { Life::Alive } else { Life::Dead }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.boot, self.space, self.process, self.started)
    }
}

impl FromStr for Owner {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = text.split('-').collect();
        let [boot, space, process, started] = parts[..] else { return Err(()) };
        let process = process.parse().map_err(drop)?;
        Ok(Self { boot: boot.to_owned(), space: space.to_owned(), process, started: started.to_owned() })
    }
}

/// Eight digits that stand for a text of the system.
fn digits(text: &str) -> String {
    Sha256::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_else(|_| output("sysctl", &["-n", "kern.boottime", "kern.uuid"]))
}

fn space() -> String {
    fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default()
}

/// When a process started; none when there is no such process, or only its remains that its parent has not asked for yet.
fn started(process: u32) -> Option<String> {
    if fs::exists("/proc/self/stat").unwrap_or(false) {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name of the program stands in parentheses and may contain anything, parentheses too.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let (state, started) = (fields.first()?, fields.get(19)?);
        return (!matches!(*state, "Z" | "X")).then(|| (*started).to_owned());
    }
    let line = output("ps", &["-o", "lstart=", "-p", &process.to_string()]);
    (!line.trim().is_empty()).then(|| digits(line.trim()))
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_text_is_read_back() {
        let owner = Owner::current();
        assert_eq!(owner.life(), Life::Alive);
        assert_eq!(owner.to_string().parse(), Ok(owner.clone()));
        assert!(owner.to_string().bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()), "{owner}");
    }

    #[test]
    fn a_process_that_has_ended_is_dead_before_and_after_its_parent_has_asked() {
        let mut child = Command::new("sh").args(["-c", "read -r _"]).stdin(process::Stdio::piped()).spawn().expect("starts");
        let owner = Owner { process: child.id(), started: started(child.id()).expect("runs"), ..Owner::current().clone() };
        assert_eq!(owner.life(), Life::Alive);
        child.kill().expect("is killed");
        while owner.life() == Life::Alive {
            std::thread::yield_now();
        }
        assert_eq!(owner.life(), Life::Dead);
        child.wait().expect("has ended");
        assert_eq!(owner.life(), Life::Dead);
    }

    #[test]
    fn a_number_that_was_given_again_is_another_process() {
        let earlier = Owner { started: "1".to_owned(), ..Owner::current().clone() };
        assert_eq!(earlier.life(), Life::Dead);
    }

    #[test]
    fn what_is_out_of_sight_is_not_called_dead() {
        let gone = Owner { started: "1".to_owned(), ..Owner::current().clone() };
        assert_eq!(Owner { space: "0".to_owned(), ..gone.clone() }.life(), Life::OtherSpace);
        assert_eq!(Owner { boot: "0".to_owned(), ..gone }.life(), Life::OtherBoot);
    }

    #[test]
    fn other_texts_are_no_owner() {
        for text in ["", "a-b-c-d", "a-b-1", "a-b-1-2-3", "x1y2z3"] {
            assert_eq!(text.parse::<Owner>(), Err(()), "{text}");
        }
    }
}
