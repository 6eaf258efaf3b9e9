//! Any bytes to the check: it answers, and the answer holds together.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tenantry_sqlcheck::{Conventions, check, statement};

const CONVENTIONS: Conventions<'static> = Conventions { shared: &["ref.countries"], functions: &["app.slug"], ..Conventions::DEFAULT };

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match check(&text, &CONVENTIONS) {
        // What has passed the whole check has passed its first part, and still does with a space and a comment behind it.
        Ok(verb) => {
            assert_eq!(statement(&text), Ok(verb));
            assert_eq!(check(&format!("{text}\n-- the end"), &CONVENTIONS), Ok(verb));
        }
        // A refusal points into the text, and can be shown.
        Err(refusals) => {
            for refusal in refusals.iter() {
                let line = text.split('\n').nth(refusal.line() - 1).expect("the line is there");
                assert!(refusal.column() <= line.chars().count() + 1);
            }
            assert!(!refusals.explain(&text).is_empty());
        }
    }
});
