//! How the commands speak: results on standard output, progress and errors on standard error.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

use similar::{ChangeTag, TextDiff};

/// Prints an error and its causes.
pub(crate) fn error(error: &anyhow::Error) {
    let mut stderr = std::io::stderr().lock();
    // Nothing can be done when standard error is closed.
    let _ = writeln!(stderr, "error: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(stderr, "  because: {cause}");
    }
}

/// Prints a result. A reader that has gone away (`… | head`) is no error.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints the title of a part of a result, bold on a terminal.
pub(crate) fn heading(title: &str) {
    line(titled(title, on_terminal()));
}

/// The title as it is printed.
pub(crate) fn titled(title: &str, bold: bool) -> String {
    if bold { format!("\u{1b}[1m{title}\u{1b}[0m") } else { title.to_owned() }
}

/// What a caller wrote, so that it cannot move the cursor: control characters become escapes. It is cut after 64 characters.
pub(crate) fn printable(text: &str) -> String {
    text.chars().take(64).map(|char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() }).collect()
}

/// Whether results go to a person's terminal that shows colours.
pub(crate) fn on_terminal() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Prints progress.
pub(crate) fn progress(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints the difference of two texts as a unified diff, coloured on a terminal.
pub(crate) fn diff(name: &str, old: &str, new: &str) {
    let _ = write!(std::io::stdout().lock(), "{}", unified(name, old, new, on_terminal()));
}

fn unified(name: &str, old: &str, new: &str, coloured: bool) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = format!("--- {name} (as it is)\n+++ {name} (as the models say)\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        text.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let (sign, colour) = match change.tag() {
                ChangeTag::Delete => ('-', "\u{1b}[31m"),
                ChangeTag::Insert => ('+', "\u{1b}[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            let line = change.value().trim_end_matches('\n');
            if coloured && !colour.is_empty() {
                text.push_str(&format!("{colour}{sign}{line}\u{1b}[0m\n"));
            } else {
                text.push_str(&format!("{sign}{line}\n"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_diff_names_the_file_and_both_sides() {
        let text = unified("schema.json", "a\nb\n", "a\nc\n", false);
        assert_eq!(text, "--- schema.json (as it is)\n+++ schema.json (as the models say)\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
    }

    #[test]
    fn a_terminal_gets_colours() {
        assert!(unified("a", "b\n", "c\n", true).contains("\u{1b}[31m-b\u{1b}[0m\n"));
    }
}
