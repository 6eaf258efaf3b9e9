//! No file names a folder of the machine it was written on.

use super::Finding;
use super::tree::Tree;

/// In two parts, so that this file does not name them.
const FOLDERS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names(line, folder)) {
                findings.push(file.finding("machine-paths", index + 1, format!("names `{folder}`: write a path relative to the root")));
            }
        }
    }
    findings
}

/// Whether the line holds an absolute path into the folder; in `example.com/home/x` it is a part of something else.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let inside = line.get(at + folder.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/}~)]".contains(c))
            && inside.is_some_and(|c| c.is_alphanumeric() || ".$_<{".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree::found;
    use super::*;

    #[test]
    fn an_absolute_path_of_a_machine_is_found() {
        for folder in FOLDERS {
            assert_eq!(found(check, "a.md", &format!("One.\nSee `{folder}x/y`.\n")).len(), 1, "{folder}");
            assert_eq!(found(check, "a.md", &format!("See https://example.com{folder}x and ../a{folder}x.\n")).len(), 0, "{folder}");
        }
        assert_eq!(found(check, ".ci/run", "cd /usr/lib/postgresql/15/bin\n").len(), 0);
    }
}
