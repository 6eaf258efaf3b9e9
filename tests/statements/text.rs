//! The texts as a reviewer reads them, a snapshot for each model.

use tenantry::sql::layout;
use tenantry_app::MODELS;

use super::cases_of;

#[test]
fn of_every_model() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for entry in MODELS {
            let text: Vec<String> =
                cases_of(entry.def()).iter().map(|case| format!("-- {}\n{};\n", case.title, layout(&case.text))).collect();
            insta::assert_snapshot!(entry.def().name, text.join("\n"));
        }
    });
}

#[test]
fn the_layout_changes_nothing_but_white_space() {
    for case in super::cases() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&layout(&case.text)), words(&case.text), "{case}");
    }
}
