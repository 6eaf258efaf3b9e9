//! How the commands speak: results on standard output, progress and errors on standard error.

use std::fmt::Display;
use std::io::Write;

/// Prints an error and its causes.
pub(crate) fn error(error: &anyhow::Error) {
    let mut stderr = std::io::stderr().lock();
    // Nothing can be done when standard error is closed.
    let _ = writeln!(stderr, "error: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(stderr, "  because: {cause}");
    }
}

/// Prints a line of the result.
pub(crate) fn line(text: impl Display) {
    // A reader that has seen enough (`… | head`) is no error.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
