//! A file of the data: CSV with a header, read by the names of its columns.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tenantry::{Currency, Money};

/// What is wrong with the data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file cannot be read.
    #[error("{}: {problem}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        problem: String,
    },
    /// A cell does not hold what its column says.
    #[error("{} line {line}: {column} {problem}", file.display())]
    Cell {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The service refused a row.
    #[error("{what} was refused with {status}: {body}")]
    Refused {
        /// What was sent.
        what: String,
        /// The status of the answer.
        status: u16,
        /// The problem that it told.
        body: String,
    },
    /// The service cannot be reached.
    #[error("the service cannot be reached: {0}")]
    Http(String),
}

/// The codes that the rows of a file have, for other rows to refer to.
pub(super) struct Codes {
    file: &'static str,
    codes: HashSet<String>,
}

impl Codes {
    pub(super) fn of(file: &'static str) -> Self {
        Self { file, codes: HashSet::new() }
    }
}

/// A row, which knows where it stands.
pub(super) struct Row<'a> {
    file: &'a Path,
    header: csv::StringRecord,
    cells: csv::StringRecord,
}

/// Reads a whole file and turns each row into a value.
pub(super) fn read<T>(folder: &Path, name: &str, mut turn: impl FnMut(&Row<'_>) -> Result<T, DataError>) -> Result<Vec<T>, DataError> {
    let file = folder.join(name);
    let failed = |error: csv::Error| DataError::File { file: file.clone(), problem: error.to_string() };
    let mut reader = csv::Reader::from_path(&file).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let mut rows = Vec::new();
    for cells in reader.records() {
        rows.push(turn(&Row { file: &file, header: header.clone(), cells: cells.map_err(failed)? })?);
    }
    Ok(rows)
}

impl Row<'_> {
    /// The text of a column.
    pub(super) fn text(&self, column: &'static str) -> Result<&str, DataError> {
        let position = self.header.iter().position(|name| name == column);
        let position = position.ok_or_else(|| self.wrong(column, "is missing from the header"))?;
        self.cells.get(position).ok_or_else(|| self.wrong(column, "is missing"))
    }

    /// The text of a column; `None` when it is empty. The two characters `\n` stand for a line break in this data.
    pub(super) fn optional(&self, column: &'static str) -> Result<Option<String>, DataError> {
        let text = self.text(column)?;
        Ok((!text.is_empty()).then(|| text.replace("\\n", "\n")))
    }

    /// The code of this row, which no other row of the file has.
    pub(super) fn own(&self, column: &'static str, codes: &mut Codes) -> Result<String, DataError> {
        let code = self.text(column)?;
        if codes.codes.insert(code.to_owned()) { Ok(code.to_owned()) } else { Err(self.wrong(column, &format!("`{code}` is there twice"))) }
    }

    /// The code of a row of another file.
    pub(super) fn refers(&self, column: &'static str, codes: &Codes) -> Result<String, DataError> {
        let code = self.text(column)?;
        let known = codes.codes.contains(code);
        if known { Ok(code.to_owned()) } else { Err(self.wrong(column, &format!("`{code}` is not in {}", codes.file))) }
    }

    /// The same; `None` when it is empty.
    pub(super) fn refers_optional(&self, column: &'static str, codes: &Codes) -> Result<Option<String>, DataError> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.refers(column, codes).map(Some) }
    }

    /// A value of another type.
    pub(super) fn parse<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, DataError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.wrong(column, &format!("cannot be `{text}`")))
    }

    /// The same; `None` when it is empty.
    pub(super) fn parse_optional<T: std::str::FromStr>(&self, column: &'static str) -> Result<Option<T>, DataError> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.parse(column).map(Some) }
    }

    /// An amount in US dollars, such as `9.8` or `14`.
    pub(super) fn dollars(&self, column: &'static str) -> Result<Money, DataError> {
        let text = self.text(column)?;
        cents(text).ok_or_else(|| self.wrong(column, &format!("must be an amount with at most two digits after the point, not `{text}`")))
    }

    /// A fraction such as `0.15`, as whole percent.
    pub(super) fn percent(&self, column: &'static str) -> Result<i32, DataError> {
        let text = self.text(column)?;
        let percent = hundredths(text).filter(|percent| *percent <= 100).and_then(|percent| i32::try_from(percent).ok());
        let must = "must be a fraction of 1 with at most two digits after the point";
        percent.ok_or_else(|| self.wrong(column, &format!("{must}, not `{text}`")))
    }

    pub(super) fn wrong(&self, column: &'static str, problem: &str) -> DataError {
        let line = self.cells.position().map_or(0, csv::Position::line);
        DataError::Cell { file: self.file.to_owned(), line, column, problem: problem.to_owned() }
    }
}

/// A decimal number times a hundred, exactly, without a float on the way.
fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

fn cents(text: &str) -> Option<Money> {
    let dollars: Currency = "USD".parse().ok()?;
    Money::new(hundredths(text)?, dollars).ok()
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn amounts_are_exact() {
        let amount = |text| cents(text).map(tenantry::Money::amount);
        assert_eq!(amount("9.8"), Some(980));
        assert_eq!(amount("14"), Some(1_400));
        assert_eq!(amount("0.05"), Some(5));
        for text in ["", ".5", "1.234", "-1", "1e3", "1,5", "99999999999999999999"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
