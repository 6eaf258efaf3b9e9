use super::*;

const OTHER: Conventions = Conventions { schema: "rows", platform_schema: "base", roles: "shop", settings: "ctx", ..Conventions::DEFAULT };

#[test]
fn every_placeholder_is_filled() {
    let mut texts = Vec::new();
    for level in [Level::Managed, Level::Hardened] {
        let removal = Removal::new(&OTHER, level).expect("is fine");
        texts.push(Script::new(&OTHER, level, level == Level::Hardened).expect("is fine").to_string());
        texts.extend([removal.body().to_owned(), removal.drop_roles().to_owned(), level.question(&OTHER).expect("is fine")]);
    }
    // Regular expressions such as `{3}` hold digits, so a brace with a letter behind it is a placeholder that nobody filled.
    for text in texts {
        for (at, _) in text.match_indices('{') {
            let next = text[at + 1..].chars().next();
            assert!(!next.is_some_and(char::is_alphabetic), "{}", &text[at..]);
        }
    }
}

#[test]
fn names_come_from_the_conventions_alone() {
    let script = Script::new(&OTHER, Level::Hardened, true).expect("is fine").to_string();
    for default in ["tenantry", "tenancy", " app.", " app,", "'app'"] {
        assert!(!script.contains(default), "`{default}` in the script of other conventions");
    }
    assert!(script.contains("grant shop_owner to shop_migrator;") && script.contains("create schema if not exists rows"));
}

#[test]
fn quiet_stats_is_an_option() {
    let without = Script::new(&OTHER, Level::Hardened, false).expect("is fine").to_string();
    assert!(!without.contains("^pg_stat_get_"));
}

#[test]
fn names_that_are_no_plain_identifiers_are_refused() {
    for name in ["", "a b", "a'b", "a;--", "Ä", "App", "1a", "order", "pg_x", "public"] {
        let refused = Script::new(&Conventions { schema: name, ..OTHER }, Level::Hardened, false);
        let text = refused.expect_err(name).to_string();
        assert!(text.contains("the schema of the tenants' tables"), "{text}");
    }
    assert!(Script::new(&Conventions { schema: "base", ..OTHER }, Level::Hardened, false).is_err());
    let long = "a".repeat(41);
    let long: &'static str = Box::leak(long.into_boxed_str());
    assert!(Removal::new(&Conventions { roles: long, ..OTHER }, Level::Managed).is_err());
}

#[test]
fn a_later_level_is_named_as_such() {
    assert_eq!(("hardened".parse(), "managed".parse()), (Ok(Level::Hardened), Ok(Level::Managed)));
    assert!("sealed".parse::<Level>().expect_err("is later").to_string().contains("later version"));
    assert!("none".parse::<Level>().expect_err("is none").to_string().contains("is no level"));
}

#[test]
fn the_comment_on_the_schema_tells_the_level_and_anything_else_is_hardened() {
    let script = Script::new(&OTHER, Level::Managed, false).expect("is fine");
    let comment = script.body().lines().find_map(|line| line.strip_prefix("comment on schema base is '")?.strip_suffix("';"));
    assert_eq!(Level::of_comment(comment), Level::Managed);
    for other in [None, Some(""), Some("managed"), Some("provisioned at level none"), Some("provisioned at level managed ")] {
        assert_eq!(Level::of_comment(other), Level::Hardened, "{other:?}");
    }
}

#[test]
fn quiet_stats_is_a_superusers() {
    let refused = Script::new(&OTHER, Level::Managed, true).expect_err("nobody can").to_string();
    assert!(refused.contains("needs level hardened"), "{refused}");
}

/// What a DBA reads; the passwords are no part of it.
#[test]
fn the_scripts_are_these() {
    insta::assert_snapshot!("managed", Script::new(&Conventions::DEFAULT, Level::Managed, false).expect("is fine"));
    insta::assert_snapshot!("hardened", Script::new(&Conventions::DEFAULT, Level::Hardened, false).expect("is fine"));
    insta::assert_snapshot!("hardened_quiet", Script::new(&Conventions::DEFAULT, Level::Hardened, true).expect("is fine"));
}

#[test]
fn the_table_in_security_md_is_the_list() {
    let text = include_str!("../../../../SECURITY.md");
    let (_, table) = text.split_once("| at `managed` |").expect("has the table");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let list: Vec<String> = Level::Managed.openings().iter().map(|opening| format!("| {} | {} |", opening.lacks, opening.leaves)).collect();
    assert_eq!(rows, list, "copy the right side into SECURITY.md");
}
