//! Lines, blocks, comments.

/// How wide a heading is.
const WIDTH: usize = 132;

/// A text in SQL.
pub(super) fn string(text: &str) -> String {
    crate::schema::ir::text_literal(text)
}

/// A comment. A control character would end it (PostgreSQL ends one at `\r`, too), and what follows would be SQL.
pub(super) fn comment(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("-- {}", text.trim_end())
}

/// The title of a block.
pub(super) fn heading(title: &str) -> String {
    let title = comment(title);
    let dashes = WIDTH.saturating_sub(title.chars().count() + 1).max(3);
    format!("{title} {}", "-".repeat(dashes))
}

/// Blocks with an empty line between them; single statements in a row form one block.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    in_lines: bool,
}

impl Page {
    pub(super) fn block(&mut self, block: String) {
        self.push(&block);
        self.in_lines = false;
    }

    pub(super) fn line(&mut self, line: String) {
        if self.in_lines {
            self.text.push_str(&line);
            self.text.push('\n');
        } else {
            self.push(&line);
            self.in_lines = true;
        }
    }

    fn push(&mut self, block: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block);
        self.text.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::{comment, heading, string};

    #[test]
    fn a_comment_ends_where_it_ends() {
        assert_eq!(comment("a\nb\r; drop\u{85}\0 table x"), "-- a b ; drop   table x");
    }

    #[test]
    fn a_text_ends_where_it_ends() {
        assert_eq!(string("it's \\' or"), "'it''s \\'' or'");
    }

    #[test]
    fn a_long_title_still_has_its_dashes() {
        assert!(heading(&"x".repeat(200)).ends_with("x ---"));
    }
}
