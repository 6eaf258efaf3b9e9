//! Each rule of the check can be switched off, and nothing else can. `xtask/commands/src/prove/arms.rs` says that the cases notice each of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A function of the sources: its documentation and its body.
struct Function {
    name: String,
    rule: bool,
    mutants: Vec<String>,
}

/// The functions of a file, by the form that rustfmt gives them: the documentation above, the end where the indentation ends.
fn functions(source: &str) -> Vec<Function> {
    let (mut functions, mut documentation, mut open): (Vec<Function>, String, Option<String>) = (Vec::new(), String::new(), None);
    for line in source.lines() {
        let bare = line.trim_start();
        if let (Some(end), Some(function)) = (&open, functions.last_mut()) {
            function.mutants.extend(bare.split("mutant!(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
            if line == end {
                open = None;
            }
        } else if let Some(text) = bare.strip_prefix("///") {
            documentation.push_str(text);
        } else if let Some((before, after)) =
            bare.split_once("fn ").filter(|(before, _)| ["", "pub(crate) ", "const ", "pub(crate) const "].contains(before))
        {
            let _ = before;
            let name = after.split(['(', '<']).next().unwrap_or_default().to_owned();
            functions.push(Function { name, rule: documentation.trim_start().starts_with("Rule:"), mutants: Vec::new() });
            open = Some(format!("{}}}", " ".repeat(line.len() - bare.len())));
            documentation.clear();
        } else {
            documentation.clear();
        }
    }
    functions
}

fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(folder).expect("the sources").map(|entry| entry.expect("an entry").path());
    files.map(|file| (file.display().to_string(), fs::read_to_string(&file).expect("the file"))).collect()
}

#[test]
fn every_rule_has_a_mutant_and_every_mutant_is_of_a_rule() {
    let mut seen = BTreeSet::new();
    let mut rules = 0;
    for (file, source) in sources().into_iter().filter(|(file, _)| !file.ends_with("mutants.rs")) {
        let functions = functions(&source);
        let found: usize = functions.iter().map(|function| function.mutants.len()).sum();
        assert_eq!(found, source.matches("mutant!(").count(), "{file}: a mutant outside of a function");
        for Function { name, rule, mutants } in functions {
            assert_eq!(rule, !mutants.is_empty(), "{file}: {name} is a rule without a mutant, or has one and is no rule");
            rules += usize::from(rule);
            for mutant in mutants.iter().collect::<BTreeSet<_>>() {
                assert!(mutant.starts_with(&name), "{file}: the mutant {mutant} is not called after its rule {name}");
                assert!(seen.insert(mutant.clone()), "{mutant} is twice");
            }
        }
    }
    assert!(rules >= 30, "{rules} rules");
}

/// The table of the proof has each of them, and no other of this package.
#[test]
fn the_proof_knows_every_mutant() {
    let own: BTreeSet<String> = sources().iter().flat_map(|(_, source)| functions(source)).flat_map(|function| function.mutants).collect();
    let table =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/commands/src/prove/arms.rs")).expect("the table");
    let known = table.split("sqlcheck(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    assert_eq!(known.collect::<BTreeSet<_>>(), own);
}
