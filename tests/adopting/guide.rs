//! `docs/adopting.md`: the code that it shows is that of the two services, and its commands are what the suite runs.

use std::fs;

use tenantry_tests::root;

const GUIDE: &str = include_str!("../../docs/adopting.md");

/// A fenced block.
struct Block {
    language: &'static str,
    text: String,
    /// The line of text in front of it.
    before: &'static str,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = GUIDE.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            blocks.push(Block { language, text, before });
        } else if !line.trim().is_empty() {
            before = line;
        }
    }
    blocks
}

/// A command, as a person types it.
pub(crate) struct Command {
    pub(crate) line: String,
    /// The guide says so behind a `#`.
    pub(crate) refuses: bool,
}

/// The commands, in order.
pub(crate) fn commands() -> Vec<Command> {
    let blocks = blocks().into_iter().filter(|block| block.language == "console");
    let lines = blocks.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
    let command = |line: String| {
        let line = line.strip_prefix("$ ")?;
        let (line, remark) = line.split_once(" # ").unwrap_or((line, ""));
        Some(Command { line: line.trim().to_owned(), refuses: remark.starts_with("refuses") })
    };
    lines.filter_map(command).collect()
}

#[test]
fn the_guide_shows_this_code() {
    let mut shown = 0;
    for Block { language, text, before } in blocks().iter().filter(|block| block.language != "console") {
        let file = before.rsplit('`').nth(1).unwrap_or_else(|| panic!("no file is named in front of the {language} block: {before}"));
        let code = fs::read_to_string(root().join("tests/adopting/desk").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(code.contains(text.as_str()), "this is not in {file} as it stands:\n{text}");
        shown += 1;
    }
    assert!(shown >= 8, "the guide shows {shown} pieces of code");
}

#[test]
fn the_guide_links_lead_somewhere() {
    for link in GUIDE.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with("http")) {
        let path = link.split('#').next().unwrap_or_default();
        assert!(root().join("docs").join(path).exists(), "{link} leads nowhere");
    }
}
