//! Where statements run without the predicate check: no fault, but somebody should know each of them.

use super::Finding;
use super::tree::Tree;

/// The method; in two parts, so that this file is not a use of it.
const CALL: &str = concat!(".without_predicate", "_check(");

/// Every call, in order.
pub(super) fn calls(tree: &Tree) -> Vec<Finding> {
    let mut calls = Vec::new();
    for (file, _) in tree.rust() {
        for (index, line) in file.text.lines().enumerate() {
            if line.contains(CALL) && !line.trim_start().starts_with("//") {
                calls.push(file.finding("unchecked", index + 1, ""));
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::super::tree::found;
    use super::*;

    #[test]
    fn calls_are_listed_and_mentions_are_not() {
        let text = format!("/// Call `tx{CALL})`.\nfn a() {{\n    tx{CALL}).execute(1);\n}}\n");
        assert_eq!(found(calls, "a.rs", &text), ["3: "]);
    }
}
