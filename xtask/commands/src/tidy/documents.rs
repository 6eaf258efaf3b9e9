//! The documents that everybody looks for are there.

use super::Finding;
use super::tree::Tree;

/// The documents, at the root.
pub(super) const NAMES: &[&str] =
    &["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let missing = |name: &&&str| tree.file(name).is_none_or(|file| file.text.trim().is_empty());
    let finding = |name: &&str| Finding {
        file: (*name).to_owned(),
        line: 1,
        rule: "documents",
        message: "is missing: a newcomer looks for it".to_owned(),
    };
    NAMES.iter().filter(missing).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_empty_document_is_found() {
        let all: Vec<(&str, String)> = NAMES.iter().map(|name| (*name, "Text.".to_owned())).collect();
        assert_eq!(check(&super::super::tree::of(&all).1).len(), 0);
        let mut one_empty = all.clone();
        one_empty[3].1 = "\n".to_owned();
        assert_eq!(check(&super::super::tree::of(&one_empty).1).len(), 1);
        assert_eq!(check(&super::super::tree::of(&all[1..]).1).len(), 1);
    }
}
